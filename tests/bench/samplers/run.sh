#!/bin/sh
# run.sh BUILD: compare the samplers. Knobs, from the environment:
#   BENCH_SEEDS=5 BENCH_TRIALS=60 BENCH_CONCURRENCY=1 BENCH_TIMES=300
#   BENCH_SAMPLERS=tpe,random BENCH_PROBLEMS=made; of peers.sh see there
set -eu

build=$1
"$build/tests/bench/samplers/samplers" \
	--seeds "${BENCH_SEEDS:-5}" --trials "${BENCH_TRIALS:-60}" \
	--concurrency "${BENCH_CONCURRENCY:-1}" \
	--times "${BENCH_TIMES:-300}" \
	--samplers "${BENCH_SAMPLERS:-}" --problems "${BENCH_PROBLEMS:-}" \
	--against "${BENCH_AGAINST:-}" \
	--data "${BENCH_DATA:-../shared/data}" --svg "$build/samplers.svg"
"$(dirname "$0")/peers.sh" "$build"
