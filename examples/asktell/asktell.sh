#!/bin/sh
# asktell.sh [STUDY [WORKER]]: Branin's function, which has three equal minima of
# 0.397887, by asking and telling: the loop is this script's, hdrive says what to
# try next. The study is kept: after a crash the same command goes on with the
# trial it was at, and workers of other names may share the study.
set -eu

study=${1:-branin} worker=${2:-one}
branin() {
	awk -v x="$1" -v y="$2" 'BEGIN {
		pi = atan2(0, -1)
		a = y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6
		printf "%.17g\n", a * a + 10 * (1 - 1 / (8 * pi)) * cos(x) + 10
	}'
}

hdrive status "$study" >/dev/null 2>&1 ||
	hdrive create "$(dirname "$0")/sweep.yml" --name "$study" --seed 1 >/dev/null

# "7 --x 1.5 --y 2.25"; status 10 when nothing is left to ask for.
code=0
while words=$(hdrive ask "$study" --client "$worker" --quiet) || code=$?; [ "$code" = 0 ]; do
	eval "set -- $words"
	hdrive tell "$study" "$1" "$(branin "$3" "$5")" --client "$worker"
done
[ "$code" = 10 ] || exit "$code"
hdrive best "$study"
