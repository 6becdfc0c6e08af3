#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

unittests kept
code 0 hdrive show night
has out 'Running'
code 0 hdrive replay same
has out ': all the same$'
code 0 hdrive replay shared
has out ': all the same$'
