#!/bin/sh
# kill -9 of the engine before a trial is launched over there, right after, while trials
# run, and when they have ended without its knowing: a resume goes on, and what it finds
# is counted once.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
ssh_target

sweep total=4 concurrent=4
learner 0.4
submit() {
	engine submit sweep.yml --name "$1" --seed 3 --no-smoke --backend lab -- ./learner
}
code 0 hdrive submit sweep.yml --name here --seed 3 --no-smoke -- ./learner
trials here >here

# goes_on SWEEP [ENDS]: resumed, it is what it would have been, but for attempts that
# were not begun yet, if so be.
goes_on() {
	died
	code 0 hdrive resume "$1"
	trials "$1" >there
	diff here there || fail "$1 found other trials"
	counted "$1"
	same "$(attempts "$1" | grep -v " 1 ${2-none}$")" ''
	nothing_left
}

# Folders of trials are there, their launchers are not, or just are.
submit intent
within 30 sh -c '[ $(ls -d .hdrive/intent/00000* | wc -l) -ge 1 ]'
kill -KILL "$engine"
goes_on intent lost

# The first launcher over there has begun.
submit launched
there() {
	find "$LAB_DIR"/hosts/*/root/.hdrive-trials -name owner-1 2>/dev/null | grep -q .
}
within 30 there
kill -KILL "$engine"
goes_on launched lost

submit running
within 30 logged 4 running
kill -KILL "$engine"
goes_on running

submit exit
within 30 logged 4 exit
kill -STOP "$engine"
sleep 4
kill -KILL "$engine"
goes_on exit
