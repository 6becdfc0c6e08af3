#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 0 hdrive ls
has err 'hdrive submit'
code 0 hdrive ls --json
same "$(cat out)" '[]'
for command in status best 'show @' 'logs @' metrics; do
	# shellcheck disable=SC2086
	code 3 hdrive $command
	has err 'no store'
done
[ ! -e .hdrive ] || fail 'a store was made'
