#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 0 /usr/bin/python3 "$TEST_ROOT/tests/support/reference.py" "$TEST_BUILD" --check
same "$(cat out err)" ''
