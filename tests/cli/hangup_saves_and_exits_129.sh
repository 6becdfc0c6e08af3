#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

stops_on HUP 129
