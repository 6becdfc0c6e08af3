#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

unittests module
