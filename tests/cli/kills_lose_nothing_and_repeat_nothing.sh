#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Fifty of them, always the same; `make check-crash` for a thousand.
CRASH_KILLS=50 CRASH_SEED=1 /usr/bin/python3 "$TEST_ROOT/tests/crash/kill.py" "$TEST_BUILD"
