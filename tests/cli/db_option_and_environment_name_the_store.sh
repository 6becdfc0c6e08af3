#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
code 0 hdrive submit sweep.yml --db "$PWD/else/my.db" -- sh -c 'echo acc=1'
[ -f else/my.db ] || fail 'no store there'
[ ! -e .hdrive ] || fail 'a store here'
code 0 hdrive best --db else/my.db
HDRIVE_DB=else/my.db code 0 hdrive best
code 3 hdrive best
