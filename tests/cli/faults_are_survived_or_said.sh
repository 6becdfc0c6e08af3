#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# A sample of them, always the same; `make check-crash` for all.
FAULT_SECONDS=25 CRASH_SEED=1 /usr/bin/python3 "$TEST_ROOT/tests/crash/faults.py" "$TEST_BUILD"
