#!/bin/sh
# 40 trials of the digits over three hosts are those of this machine, to the last value.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up

sed -e '/^policy/,/delay_evaluation/d' "$TEST_ROOT/examples/digits/sweep.yml" >sweep.yml
cp "$TEST_ROOT/examples/digits/digits.csv.gz" "$TEST_BUILD/examples/digits/digits" .
code 0 hdrive target add lab ssh hosts='h1 slots=2' hosts='h2 slots=2' hosts='h3 slots=1' \
	folder=/tmp/trials

# search NAME [OPTION...]
search() {
	name=$1
	shift
	code 0 hdrive submit sweep.yml --name "$name" --seed 7 --set max_total_runs=40 "$@" -- \
		./digits --data digits.csv.gz --epochs 2
}
search near --set max_concurrent_runs=2
search far --set max_concurrent_runs=5 --backend lab
trials near >near
trials far >far
cmp near far || fail "$(diff near far)"
same "$(wc -l <far)" 40
counted far

# Every host had some, and no host has anything left.
for host in h1 h2 h3; do
	grep -q "\"$host\"" .hdrive/far/*/place-1 || fail "$host had no trial"
	at=$(basename "$(dirname "$(grep -l "\"$host\"" .hdrive/far/*/place-1 | head -n 1)")")
	code 0 hdrive show far "$(expr "$at" + 0)"
	grep -q "^ran on  *$host$" out || fail "$(cat out)"
	same "$(ls "$LAB_DIR/hosts/$host/tmp/trials")" "$(printf 'parts\nstage')"
done
nothing_left
