#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
script prog <<'END'
for i in 1 2 3 4 5 6 7; do echo "line $i" >&2; done
exit 9
END
code 4 hdrive submit sweep.yml --name bad-one-1 -- ./prog
has err '^trial 0 FAILED exit 9 after .*: line 7   .hdrive/bad-one-1/000000/stderr$'
has err '^    line 3$'
hasnt err 'line 2$'
has err 'hdrive logs bad-one-1 --failed'
code 0 hdrive logs bad-one-1 --failed --stderr
has out 'line 1'
code 0 hdrive show bad-one-1 0 --why
has out 'trial 0: Failed, exit 9'
