#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
for format in table jsonl argv; do
	hdrive sample sweep.yml -n 5 --seed 9 --format $format -- prog >a
	hdrive sample sweep.yml -n 5 --seed 9 --format $format -- prog >b
	cmp a b
done
code 2 hdrive sample sweep.yml --format xml
has err 'table, jsonl, argv'
# Without a seed, the one in use is told.
code 0 hdrive sample sweep.yml -n 1 --format jsonl
seed=$(sed -n 's/^seed //p' err)
cp out a
code 0 hdrive sample sweep.yml -n 1 --format jsonl --seed "$seed"
cmp a out
