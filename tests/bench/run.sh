#!/bin/sh
# run.sh BUILD: every benchmark. Figures to read, never a test: nothing fails
# for being slow.
set -eu

here=$(dirname "$0")
for program in "$1"/tests/bench/bench_*; do
	case $program in
	*.d | *.o | *'*') continue ;;
	esac
	echo "== ${program##*/}"
	"$program"
done
echo "== throughput"
"$here/throughput.sh" "$1"
