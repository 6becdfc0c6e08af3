#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
code 4 hdrive submit sweep.yml -- sh -c 'kill -SEGV $$'
has err '^trial 0 FAILED signal 11'
