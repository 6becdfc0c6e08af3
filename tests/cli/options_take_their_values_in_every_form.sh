#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
hdrive sample sweep.yml -n 3 --seed 5 --format jsonl >a
hdrive sample -n3 --seed=5 --format=jsonl sweep.yml >b
hdrive -q sample sweep.yml -qn 3 --seed 5 --format jsonl >c
cmp a b
cmp a c
same "$(wc -l <a)" 3
code 2 hdrive sample sweep.yml -n
has err 'needs a value'
code 2 hdrive sample sweep.yml -n x
has err 'whole number'
code 2 hdrive sample sweep.yml --json=3
has err 'takes no value'
