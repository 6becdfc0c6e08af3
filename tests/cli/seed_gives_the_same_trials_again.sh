#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
code 0 hdrive submit sweep.yml --seed 11 -j 1 -- sh -c 'echo acc=1'
code 0 hdrive show @ --json
grep -o '"parameters":{[^}]*}' out >a
code 0 hdrive submit sweep.yml --seed 11 -j 4 -- sh -c 'echo acc=1'
code 0 hdrive show @ --json
grep -o '"parameters":{[^}]*}' out >b
cmp a b
same "$(wc -l <a)" 4
