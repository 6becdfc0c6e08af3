#!/bin/sh
# run-tests.sh [--valgrind] BUILD WORD PROGRAM...: run every test program whose
# name holds WORD, two at a time, and count what cmocka counted. The last line
# is "N passed, N failed"; a program that dies without counting is a failure.
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

for program in "$@"; do
	case ${program#"$build"/tests/} in
	*"$word"*) echo "$program" ;;
	esac
done | xargs -P "$(nproc)" -I {} sh -c '
	program=$1 logs=$2 wrap=$3
	name=$(echo "${program##*/tests/}" | tr / .)
	CMOCKA_MESSAGE_OUTPUT=stdout $wrap "$program" </dev/null >"$logs/$name" 2>&1
	echo $? >"$logs/$name.status"
' sh {} "$logs" "$wrap"

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
