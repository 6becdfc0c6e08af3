#!/bin/sh
# run.sh BUILD: compare the policies, and what samplers make of them. Knobs, from
# the environment:
#   BENCH_PARTS='pool pairs'                   policies alone, with samplers
#   BENCH_TASKS=taskset,made,deepobs/mnist_vae BENCH_DATA=../shared/data:/more
#   BENCH_FIRST_SEED=1 BENCH_WORKERS=4 BENCH_JOBS=2
# of the pool
#   BENCH_POLICIES='asha:first_rung=3;median_stopping' BENCH_SEEDS=20
#   BENCH_TRIALS=200 BENCH_CSV=results.csv
# of the pairs
#   BENCH_SAMPLERS=random,tpe,bayesian BENCH_PAIR_POLICIES='none;asha'
#   BENCH_PAIR_SEEDS=3 BENCH_PAIR_CSV=pairs.csv
set -eu

build=$1
part() {
	"$build/tests/bench/policies/policies" \
		--first-seed "${BENCH_FIRST_SEED:-1}" \
		--workers "${BENCH_WORKERS:-4}" --jobs "${BENCH_JOBS:-$(nproc)}" \
		--tasks "${BENCH_TASKS:-}" --data "${BENCH_DATA:-../shared/data}" "$@"
}
for name in ${BENCH_PARTS:-pool pairs}; do
	case $name in
	pool)
		part --policies "${BENCH_POLICIES:-}" --seeds "${BENCH_SEEDS:-20}" \
			--trials "${BENCH_TRIALS:-200}" --csv "${BENCH_CSV:-}"
		;;
	pairs)
		echo
		part --samplers "${BENCH_SAMPLERS:-random,bayesian}" \
			--policies "${BENCH_PAIR_POLICIES:-none;asha;auto}" \
			--seeds "${BENCH_PAIR_SEEDS:-3}" --csv "${BENCH_PAIR_CSV:-}"
		;;
	*)
		echo "run.sh: BENCH_PARTS has '$name', not pool or pairs" >&2
		exit 2
		;;
	esac
done
