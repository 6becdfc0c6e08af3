#!/bin/sh
# Forty trials of the digits example over three nodes are those of a run here: their
# numbers, parameters and values; as jobs of their own, and as arrays.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up
lab_target folder="$SHARED"
code 0 hdrive target add arrays slurm array=20 memory=100M

cp "$TEST_BUILD/examples/digits/digits" "$TEST_ROOT"/examples/digits/digits.csv.gz .
submit() {
	code 0 hdrive submit --seed 7 --set max_total_runs=40 --set max_concurrent_runs=12 \
		--set policy.type=NoTerminationPolicy --set sampling.type=random --no-smoke "$@" \
		"$TEST_ROOT/examples/digits/sweep.yml" -- ./digits --data digits.csv.gz --epochs 1
}
submit --name here -j 2
trials here >here
same "$(wc -l <here)" 40

submit --name there --backend lab
trials there >there
diff here there || fail 'other trials as jobs'

submit --name together --backend arrays
trials together >together
diff here together || fail 'other trials in arrays'

for sweep in there together; do
	counted $sweep
	code 0 hdrive show $sweep 7
	grep -q '^ran on  *[a-z]' out || fail "$(cat out)"
	same "$(attempts $sweep)" ''
done
nothing_left
