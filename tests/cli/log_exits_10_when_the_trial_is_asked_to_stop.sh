#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

export HDRIVE_METRICS="$PWD/metrics" HDRIVE_DIR="$PWD"
code 0 hdrive log acc=0.5
touch stop
code 10 hdrive log acc=0.6
same "$(wc -l <metrics)" 2
