#!/bin/sh
# run-tests.sh [--valgrind] BUILD WORD PROGRAM...: run every test program whose
# name holds WORD, and count what cmocka counted. The last line is "N passed, N
# failed"; a program that dies without counting is a failure.
#
# Programs are dealt out one by one, of tests/cli and tests/cluster each script,
# three for each processor, as most of them wait for something half of their time.
# Those that tests/support/slow names go first, so that nobody waits for them at
# the end. SCRIPT=word: of these only scripts whose names hold it. CLUSTER=short:
# of tests/cluster only those that tests/cluster/short names. TIMES=1: say which
# twenty took longest.
set -u

wrap=
if [ "$1" = --valgrind ]; then
	wrap='valgrind -q --leak-check=full --error-exitcode=99'
	shift
fi
build=$1 word=$2
shift 2

here=$(dirname "$0")
logs=$build/tests/log
rm -rf "$logs"
mkdir -p "$logs"

# "NAME PROGRAM [SCRIPT]" of each that is to run.
list() {
	for program in "$@"; do
		name=${program#"$build"/tests/}
		case $name in
		*"$word"*) ;;
		*) continue ;;
		esac
		case $name in
		cli/test_cli) scripts cli '' ;;
		cluster/test_cluster) scripts cluster test_ ;;
		*) echo "$name $program" ;;
		esac
	done
}

# scripts PLACE PREFIX: those of tests/PLACE that begin so, for $program.
scripts() {
	for script in "$here/../$1/$2"*.sh; do
		script=$(basename "$script" .sh)
		case $script in
		*"${SCRIPT-}"*) ;;
		*) continue ;;
		esac
		[ "$1 ${CLUSTER-}" != 'cluster short' ] ||
			grep -qx "$script" "$here/../cluster/short" || continue
		echo "$1/$script $program $script"
	done
}

# What is killed before its end has no status but "none", which is a failure.
list "$@" | awk '
	NR == FNR { if (!/^#/) rank[$1] = FNR; next }
	{
		place = $1 in rank ? rank[$1] : 100000 + FNR
		sub(/^[^ ]* /, "")
		print place, $0
	}' "$here/slow" - | sort -n | cut -d ' ' -f 2- |
	xargs -r -P $(($(nproc) * 3)) -L 1 sh -c '
	logs=$1 wrap=$2 program=$3
	name=${program##*/tests/}
	log=$logs/$(echo "${4+${name%/*}/}${4-$name}" | tr / .)
	echo none >"$log.end"
	read -r began _ </proc/uptime
	CMOCKA_MESSAGE_OUTPUT=stdout $wrap "$program" ${4+"$4"} </dev/null >"$log" 2>&1
	status=$?
	read -r ended _ </proc/uptime
	{ echo "$status $began $ended"; times; } >"$log.end"
' sh "$logs" "$wrap"

if [ -z "$(ls "$logs")" ]; then
	echo "no test program's name holds '$word', or no script's '${SCRIPT-}'" >&2
	echo '0 passed, 0 failed'
	exit 1
fi

# Of the processor what ends after its parent is not in it.
[ -z "${TIMES-}" ] || awk '
	FNR == 1 { wall = $3 - $2 }
	FNR == 3 {
		split($1 "m" $2, part, /[ms]+/) # 0m1.20s 0m0.10s
		name = FILENAME
		gsub(/.*\/|\.end$/, "", name)
		printf "%7.2f s, %6.2f s of a processor: %s\n", wall,
			60 * part[1] + part[2] + 60 * part[3] + part[4], name
	}' "$logs"/*.end | sort -rn | head -n 20

# cmocka lists each failed test once more in its summary: its number is taken.
counts=$(awk -v failures="$logs/.failures" '
	FILENAME ~ /\.end$/ {
		if (FNR == 1)
			status[substr(FILENAME, 1, length(FILENAME) - 4)] = $1
		next
	}
	/^\[       OK \]/ { passed++ }
	/^ *[0-9]+ FAILED TEST\(S\)$/ { bad[FILENAME] = $1 }
	END {
		for (file in status) {
			if (status[file] != "0" && !bad[file])
				bad[file] = 1
			if (bad[file])
				print file, status[file] | ("sort >" failures)
			failed += bad[file]
		}
		print passed + 0, failed + 0
	}' "$logs"/*)
passed=${counts% *} failed=${counts#* }
[ "$failed" = 0 ] || while read -r log status; do
	echo "--- ${log##*/} (status $status)"
	grep -v '^\[ RUN      \]\|^\[       OK \]' "$log" | tail -n 60
done <"$logs/.failures"
cat "$logs"/* | sed -n 's/^skipped: //p' | sort | uniq -c |
	while read -r count why; do echo "skipped $count: $why"; done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
