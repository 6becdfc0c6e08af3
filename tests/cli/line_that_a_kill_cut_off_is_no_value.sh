#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# 0.77 may be the half of 0.7704; who ends by itself has said all it wanted.
sweep total=2 concurrent=1
script prog <<'END2'
printf 'acc=0.5\nacc=0.77'
[ "$HDRIVE_TRIAL" != 1 ] || kill -9 $$
END2
code 0 hdrive submit sweep.yml --name cut -- ./prog
code 0 hdrive metrics cut --csv
same "$(grep -c '^0,.*acc' out)" 2
same "$(grep '^1,.*acc' out | cut -d, -f4)" 0.5
