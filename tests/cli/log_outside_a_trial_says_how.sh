#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 2 hdrive log acc=1
has err 'not inside a trial'
has err 'hdrive submit'
code 2 hdrive log
