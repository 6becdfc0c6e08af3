#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

command -v prlimit >/dev/null 2>&1 || exit 77
sweep total=8 concurrent=2
script prog <<'END2'
for i in 1 2 3; do
	echo acc=0.$i
	sleep 0.05
done
END2
hdrive submit sweep.yml --name few-1 --seed 3 -- ./prog >out 2>err &
engine=$!
within 60 grep -q leads err
# Not one more than it holds now, for less than a launch is tried again.
prlimit --pid $engine --nofile=8:4096
sleep 0.5
prlimit --pid $engine --nofile=4096:4096
got=0
wait $engine || got=$?
same $got 0
has err '8 completed, 0 failed'
code 0 hdrive metrics few-1 --csv
for trial in 0 1 2 3 4 5 6 7; do
	same "$(grep "^$trial,.*acc" out | cut -d, -f4 | tr '\n' ' ')" '0.1 0.2 0.3 '
done
code 0 hdrive show few-1 --json
hasnt out '"attempt":2'
sound
