#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=40
script prog <<'END'
echo acc=1
sleep 0.3
END
limited() (
	# Every sh that is /bin/sh of a Linux has it.
	# shellcheck disable=SC3045
	ulimit -n "$1"
	shift
	"$@"
)
for most in 8 12 24; do
	code 2 limited $most hdrive submit sweep.yml -j 16 -- ./prog
	has err "16 trials at a time need 40 open files, the limit is $most"
done
code 0 limited 40 hdrive submit sweep.yml -j 16 -- ./prog
has err ', 0 failed'
sound
