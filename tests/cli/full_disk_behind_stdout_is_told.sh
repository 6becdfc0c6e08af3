#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

[ -c /dev/full ] || exit 77
for command in version help 'help policies'; do
	got=0
	# shellcheck disable=SC2086
	hdrive $command >/dev/full 2>err || got=$?
	same $got 1
	has err 'No space left'
done
got=0
hdrive version >&- 2>err || got=$?
same $got 1
