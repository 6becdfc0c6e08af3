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
for script in asktell throughput start idle many mlflow clients; do
	echo "== $script"
	"$here/$script.sh" "$1"
done
