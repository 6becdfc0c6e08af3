#!/bin/sh
# idle.sh BUILD: what the engine itself costs while 64 trials run and say
# nothing: its share of a core and its resident memory.
#
#   BENCH_IDLE_SECONDS   how long it is watched (10)
set -eu

build=$(cd "$1" && pwd)
seconds=${BENCH_IDLE_SECONDS:-10} trials=64 engine=

dir=$(mktemp -d "${build%/*}/bench.XXXXXX")
finish() {
	if [ -n "$engine" ]; then
		kill "$engine"
		# It was interrupted: 143.
		wait "$engine" || [ $? = 143 ]
	fi
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cat >"$dir/sweep.yml" <<END
sampling:
  type: random
  parameter_space:
  - {name: --x, expression: uniform, values: [0, 1]}
primary_metric_name: loss
primary_metric_goal: minimize
max_total_runs: $trials
max_concurrent_runs: $trials
END

# Nanoseconds on a processor, of all its threads.
spent() {
	cat "/proc/$engine/task/"*/schedstat | awk '{ all += $1 } END { printf "%.0f", all }'
}

cd "$dir"
"$build/hdrive" submit -q "$dir/sweep.yml" -- sh -c 'sleep 3600' >"$dir/out" 2>&1 &
engine=$!
# Started are those whose launcher has written its state.
started() {
	find "$dir/.hdrive" -name state 2>/dev/null | wc -l
}
while [ "$(started)" -lt "$trials" ]; do
	kill -0 "$engine" || {
		cat "$dir/out" >&2
		exit 1
	}
	sleep 0.1
done
sleep 2
before=$(spent)
sleep "$seconds"
after=$(spent)
resident=$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$engine/status")

echo "engine at rest with $trials trials running, watched for $seconds s"
printf '%-26s %10s %10s\n' '' measured hold
awk -v spent="$((after - before))" -v seconds="$seconds" -v kib="$resident" 'BEGIN {
	printf "%-26s %9.2f%% %10s\n", "share of a core", spent / seconds / 1e7, "<= 1%"
	printf "%-26s %7.1f MB %10s\n", "resident", kib / 1024, "<= 20 MB"
}'
