#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 0 hdrive version
has out '^hdrive [0-9]'
code 0 hdrive --version
has out '^hdrive [0-9]'
code 0 hdrive version --json
has out '"version":"[0-9]'
