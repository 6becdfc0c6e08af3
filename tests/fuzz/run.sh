#!/bin/sh
# run.sh SECONDS PROGRAM...: fuzz with each PROGRAM (build/fuzz/fuzz_X) for
# SECONDS, beginning from tests/fuzz/corpus/X. New inputs go to build/fuzz/X,
# what breaks it to build/fuzz/X-crash-*. Status 1 when anything broke.
set -u

seconds=$1
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
broken=

for program in "$@"; do
	name=${program##*/fuzz_}
	fresh=$root/build/fuzz/$name
	saved=$root/tests/fuzz/corpus/$name
	log=$fresh.log
	mkdir -p "$fresh"
	[ -d "$saved" ] || saved=
	# shellcheck disable=SC2086 # saved is one word or none
	if "$program" -max_total_time="$seconds" -timeout=10 \
		-rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 \
		-artifact_prefix="$fresh-" "$fresh" $saved >"$log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
		echo "$name: $runs runs, nothing broke"
	else
		broken="$broken $name"
		echo "$name: BROKEN, see $log"
		tail -n 30 "$log"
	fi
done
[ -z "$broken" ]
