#!/bin/sh
# start.sh BUILD: what a command costs before it does anything: `hdrive version`
# and `hdrive status` of a sweep with 10,000 trials. That sweep is run first,
# two at a time, and it is counted that nothing of it was lost.
#
#   BENCH_TRIALS   trials of the sweep (10000)
set -eu

build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
trials=${BENCH_TRIALS:-10000} times=11

dir=$(mktemp -d "${build%/*}/bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
for tool in child measure; do
	${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -O2 -o "$dir/$tool" "$here/$tool.c"
done

cat >"$dir/sweep.yml" <<END
sampling:
  type: random
  parameter_space:
  - {name: --x, expression: uniform, values: [0, 1]}
primary_metric_name: loss
primary_metric_goal: minimize
max_total_runs: $trials
max_concurrent_runs: 2
END
cd "$dir"
"$dir/measure" "$build/hdrive" submit --seed 1 -q "$dir/sweep.yml" -- "$dir/child" \
	>"$dir/out" 2>&1 3>"$dir/sweep.log" || {
	tail -n 20 "$dir/out" >&2
	exit 1
}
"$build/hdrive" metrics @ --json >"$dir/metrics"
awk -v n="$trials" -v kept="$(grep -o '"loss"' "$dir/metrics" | wc -l)" '{
	printf "%d trials two at a time: %d with their metric, %.0f/s\n", n, kept, n / $1
	printf "resident: %.1f MB in the first tenth, %.1f MB in the last\n",
		$3 / 1024, $4 / 1024
}' "$dir/sweep.log"

# median COLUMN FACTOR
median() {
	cut -d ' ' -f "$1" "$dir/log" | sort -g |
		awk -v at=$((times / 2 + 1)) -v by="$2" 'NR == at { print $1 * by }'
}
# row LABEL COMMAND...: medians of its CPU time and memory
row() {
	label=$1 i=0
	shift
	: >"$dir/log"
	while [ "$i" -lt "$times" ]; do
		"$dir/measure" "$@" 3>>"$dir/log" >/dev/null
		i=$((i + 1))
	done
	printf '%-26s %7.1f ms %7.1f MB\n' "$label" "$(median 2 1000)" "$(median 5 0.0009765625)"
}
printf '%-26s %10s %10s\n' '' CPU memory
row 'hdrive version' "$build/hdrive" version
row 'hdrive status' "$build/hdrive" status @
printf '%-26s %10s %10s\n' '  hold' '<= 20 ms' '<= 10 MB'
