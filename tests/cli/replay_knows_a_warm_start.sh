#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Trials taken over are known to samplers and policies from the first on, after
# a crash too, and when their own sweep was changed since.
learner 0.05
sweep total=12 concurrent=3
code 0 hdrive submit sweep.yml --name old-1 --seed 1 -- ./learner
for type in tpe bayesian random; do
	for policy in 'BanditPolicy, slack_amount: 0.3' MedianStoppingPolicy \
		'TruncationSelectionPolicy, truncation_percentage: 50'; do
		sweep total=10 concurrent=3 type=$type "policy=$policy"
		hdrive submit sweep.yml --seed 4 --resume-from old-1 \
			--resume-child-runs old-1/3 -- ./learner >name 2>err &
		engine=$!
		within 60 grep -q . name
		sleep 0.2
		kill -9 $engine 2>/dev/null || : # it may be through
		wait $engine 2>/dev/null || :
		code 0 hdrive resume "$(cat name)"
		replays "$(cat name)"
		has out '^9 suggestions, '
		cat out >>said
	done
done
has said ' [1-9][0-9]* stops'
code 0 hdrive resume old-1 --max-trials 20
replays "$(cat name)"
sound
