#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
code 2 hdrive submit sweep.yml --metric-pattern '(' -- true
code 2 hdrive submit sweep.yml --metric-pattern 'x' -- true
has err value
[ ! -e .hdrive ] || fail 'a store was made'
script prog <<'END'
echo 'acc is 0.5'
END
code 0 hdrive submit sweep.yml --metric-pattern '(?<name>\w+) is (?<value>[0-9.]+)' -- ./prog
has err 'best acc 0.5'
