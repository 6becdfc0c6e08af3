#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
script prog <<'END'
head -c 3000000 /dev/zero | tr '\0' x
echo
head -c 100000 /dev/urandom
echo
echo acc=0.5
END
code 0 hdrive submit sweep.yml -- ./prog
has err 'best acc 0.5'
code 0 hdrive metrics @ --json
