#!/bin/sh
# The digits example learns, its sweep finds a good trial, and what it writes
# is kept with the trial.
set -eu
digits=$TEST_BUILD/examples/digits/digits
data=$TEST_ROOT/examples/digits/digits.csv.gz

# The program alone: the same arguments, the same lines; and it does learn.
mkdir alone && cd alone
"$digits" --data "$data" --epochs 3 --width 16 --lr 0.1 >first
"$digits" --data "$data" --epochs 3 --width 16 --lr 0.1 >second
cmp first second
grep -q '^epoch 3: accuracy=0\.[89][0-9]* loss=0\.[0-9]*$' first
[ "$(wc -c <outputs/model.bin)" = $((4 + 4 * (65 * 16 + 17 * 10))) ]

# A run that diverges says so and goes on; bad arguments end it with 2.
"$digits" --data "$data" --epochs 1 --width 1 --lr 1e300 >diverged
grep -q 'loss=nan$' diverged
for bad in '--lr 0' '--lr -1' '--width 1.5' '--batch 0' '--optimizer foo' \
	'--seed -1' '--nonsense 1' '--lr' '--data nowhere'; do
	code=0
	# shellcheck disable=SC2086
	"$digits" $bad 2>error || code=$?
	[ "$code" = 2 ]
	[ "$(wc -l <error)" = 1 ]
done
cd ..

hdrive submit --seed 1 --name small --set max_total_runs=3 \
	"$TEST_ROOT/examples/digits/sweep.yml" -- \
	"$digits" --data "$data" --epochs 2 >name
[ "$(cat name)" = small ]
hdrive best small
found=$(find .hdrive/small -path '*/outputs/model.bin' | wc -l)
[ "$found" = 3 ]

# The grid, its files' one other sweep, has twelve points.
[ "$(hdrive sample "$TEST_ROOT/examples/digits/grid.yml" -n 20 --format jsonl |
	sort -u | wc -l)" = 12 ]
