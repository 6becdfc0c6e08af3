#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

learner 0.05
sweep total=20 concurrent=3 type=tpe 'policy=BanditPolicy, slack_factor: 0.2'
hdrive submit sweep.yml --name running-1 -- ./learner >name 2>err.engine &
engine=$!
within 60 grep -q leads err.engine
while hdrive status running-1 --exit-status >/dev/null 2>&1 || [ $? = 8 ]; do
	replays running-1
	kill -0 $engine 2>/dev/null || break
done
wait $engine
replays running-1
has out '^20 suggestions, '
code 3 hdrive replay no-such-sweep
code 2 hdrive replay running-1 2
