#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# MANY_TRIALS each; `make check-crash` has 200.
trials=${MANY_TRIALS:-4}
sweep total="$trials" concurrent=2
sed -i 's/choice, values: \[1.*/uniform, values: [0, 1]}/' sweep.yml
script prog <<'END2'
echo acc=$HDRIVE_TRIAL
echo acc=1
END2
names=$(seq 32)
for name in $names; do
	{
		got=0
		hdrive submit sweep.yml --no-smoke --name "s$name" -- ./prog \
			>"out$name" 2>&1 || got=$?
		echo $got >"code$name"
	} &
done
wait
for name in $names; do
	[ "$(cat "code$name")" = 0 ] || fail "$(cat "out$name")"
	has "out$name" "$trials completed, 0 failed"
	hasnt "out$name" 'hdrive: \|locked\|busy'
	code 0 hdrive metrics "s$name" --csv
	same "$(grep -c acc out)" $((2 * trials))
done
sound
