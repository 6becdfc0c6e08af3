#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 0 hdrive
for word in submit validate sample ls status show best logs metrics log \
	gc doctor run experiment job version help exit-codes env yaml samplers policies; do
	has out "^  $word "
	code 0 hdrive help "$word"
	[ -s out ] || fail "no help on $word"
	code 0 hdrive
done
