#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=6
script prog <<'END'
echo acc=$HDRIVE_TRIAL
echo acc=1
END
for name in 1 2 3 4 5 6 7 8; do
	{
		got=0
		hdrive submit sweep.yml --name "s$name" -- ./prog >"out$name" 2>&1 || got=$?
		echo $got >"code$name"
	} &
done
wait
for name in 1 2 3 4 5 6 7 8; do
	[ "$(cat "code$name")" = 0 ] || fail "$(cat "out$name")"
	has "out$name" '6 completed'
	code 0 hdrive metrics "s$name" --json
	same "$(grep -o '"acc"' out | wc -l)" 6
done
sound
