#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# The engine killed twice under way, with trials that go on without it.
learner 0.1
truncation='TruncationSelectionPolicy, truncation_percentage: 30, exclude_finished_jobs: true'
for type in tpe bayesian random; do
	for policy in 'BanditPolicy, slack_amount: 0.2' \
		"$truncation"; do
		sweep total=14 concurrent=3 type=$type "policy=$policy"
		hdrive submit sweep.yml --seed 4 -- ./learner >name 2>err &
		engine=$!
		within 60 grep -q . name
		sleep 0.4
		kill -9 $engine 2>/dev/null || : # it may be through
		wait $engine 2>/dev/null || :
		replays @
		hdrive resume @ >out 2>err &
		engine=$!
		within 60 grep -q . err
		sleep 0.3
		kill -9 $engine 2>/dev/null || : # it may be through
		wait $engine 2>/dev/null || :
		code 0 hdrive resume @
		replays @
		has out '^14 suggestions, '
	done
done
sound
