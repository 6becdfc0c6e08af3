#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

for command in submit validate sample ls status show best logs metrics log; do
	code 0 hdrive "$command" --help
	examples=$(grep -n '^Examples:' out | cut -d: -f1)
	options=$(grep -n '^Options:\|^Everywhere:' out | head -n 1 | cut -d: -f1)
	[ "$examples" -lt "$options" ] || fail "$command: options come first"
done
