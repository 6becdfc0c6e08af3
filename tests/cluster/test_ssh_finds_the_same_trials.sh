#!/bin/sh
# Forty trials of the digits example over three hosts, which share no folder with this
# machine, are those of a run here: their numbers, parameters and values.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
ssh_target

cp "$TEST_BUILD/examples/digits/digits" "$TEST_ROOT"/examples/digits/digits.csv.gz .
submit() {
	code 0 hdrive submit --seed 7 --set max_total_runs=40 --set max_concurrent_runs=6 \
		--set policy.type=NoTerminationPolicy --set sampling.type=random --no-smoke "$@" \
		"$TEST_ROOT/examples/digits/sweep.yml" -- ./digits --data digits.csv.gz --epochs 1
}
submit --name here -j 2
trials here >here
same "$(wc -l <here)" 40

submit --name there --backend lab
trials there >there
diff here there || fail 'other trials on the hosts'
counted there
same "$(attempts there)" ''
# All three had their share, and what the trials wrote came back.
for host in h1 h2 h3; do
	grep -q "\"host\": *\"$host\"" .hdrive/there/*/state || fail "nothing ran on $host"
done
same "$(find .hdrive/there -path '*outputs/model.bin' | wc -l)" 40
nothing_left
