#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 0 hdrive
for word in $(hdrive completion --words -- '' | cut -f 1) \
	exit-codes env yaml samplers policies; do
	has out "^  $word "
	code 0 hdrive help "$word"
	[ -s out ] || fail "no help on $word"
	code 0 hdrive
done
