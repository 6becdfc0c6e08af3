#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2 concurrent=1
script prog <<'END'
for i in $(seq 30); do echo "line $i of $HDRIVE_TRIAL"; done
echo "trouble $HDRIVE_TRIAL" >&2
echo acc=1
END
code 0 hdrive submit sweep.yml --name log-one-1 -- ./prog
code 0 hdrive logs @ 1 --stdout
same "$(wc -l <out)" 31
hasnt out '==>'
code 0 hdrive logs @ 1 --stdout -n 2
same "$(head -n 1 out)" 'line 30 of 1'
code 0 hdrive logs @
has out '^==> .hdrive/log-one-1/000000/stdout <==$'
has out '^==> .hdrive/log-one-1/000001/stderr <==$'
hasnt out 'line 3 of'
has out 'line 30 of 0'
code 0 hdrive logs @ --failed
has err 'no trial failed'
code 3 hdrive logs @ 9
