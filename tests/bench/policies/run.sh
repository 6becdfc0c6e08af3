#!/bin/sh
# run.sh BUILD: compare the policies. Knobs, from the environment:
#   BENCH_SEEDS=20 BENCH_TRIALS=200 BENCH_WORKERS=4 BENCH_JOBS=2
#   BENCH_POLICIES='asha:first_rung=3;median_stopping' BENCH_TASKS=taskset,deepobs/mnist_vae
#   BENCH_DATA=../shared/data:/more BENCH_CSV=results.csv
set -eu

build=$1
"$build/tests/bench/policies/policies" \
	--seeds "${BENCH_SEEDS:-20}" --first-seed "${BENCH_FIRST_SEED:-1}" \
	--trials "${BENCH_TRIALS:-200}" --workers "${BENCH_WORKERS:-4}" \
	--jobs "${BENCH_JOBS:-$(nproc)}" \
	--policies "${BENCH_POLICIES:-}" --tasks "${BENCH_TASKS:-}" \
	--data "${BENCH_DATA:-../shared/data}" --csv "${BENCH_CSV:-}"
