#!/bin/sh
# run-tests.sh [--valgrind] BUILD WORD PROGRAM...: run every test program whose
# name holds WORD, two for each processor, and count what cmocka counted. The
# scripts of tests/cli mostly wait, so they are dealt out to SHARES runs of their
# program. The last line is "N passed, N failed"; a program that dies without
# counting is a failure.
set -u

wrap=
if [ "$1" = --valgrind ]; then
	wrap='valgrind -q --leak-check=full --error-exitcode=99'
	shift
fi
build=$1 word=$2
shift 2

logs=$build/tests/log
rm -rf "$logs"
mkdir -p "$logs"

SHARES=4

for program in "$@"; do
	name=${program#"$build"/tests/}
	case $name in
	*"$word"*) ;;
	*) continue ;;
	esac
	if [ "$name" = cli/test_cli ]; then
		for share in $(seq $SHARES); do
			echo "$program $share/$SHARES"
		done
	else
		echo "$program"
	fi
done | xargs -r -P $(($(nproc) * 2)) -L 1 sh -c '
	logs=$1 wrap=$2 program=$3
	export CLI_SHARE="${4-}"
	name=$(echo "${program##*/tests/}${4+.${4%/*}}" | tr / .)
	CMOCKA_MESSAGE_OUTPUT=stdout $wrap "$program" </dev/null >"$logs/$name" 2>&1
	echo $? >"$logs/$name.status"
' sh "$logs" "$wrap"

if [ -z "$(ls "$logs")" ]; then
	echo "no test program's name holds '$word'" >&2
fi
passed=0 failed=0
for status in "$logs"/*.status; do
	[ -e "$status" ] || break
	log=${status%.status}
	ok=$(grep -c '^\[       OK \]' "$log")
	# cmocka lists each failed test once more in its summary.
	bad=$(sed -n 's/^ *\([0-9]*\) FAILED TEST(S)$/\1/p' "$log" | tail -n 1)
	: "${bad:=0}"
	if [ "$(cat "$status")" != 0 ] && [ "$bad" = 0 ]; then
		bad=1
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
	if [ "$bad" != 0 ]; then
		echo "--- ${log##*/} (status $(cat "$status"))"
		grep -v '^\[ RUN      \]\|^\[       OK \]' "$log" | tail -n 60
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
