#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 2 hdrive submit --sead 3
has err "did you mean '--seed'?"
code 2 hdrive ls --qqqqqqqq
has err 'lists them'
code 2 hdrive ls -Z
has err "unknown option '-Z'"
