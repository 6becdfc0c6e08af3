#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

learner
truncation='TruncationSelectionPolicy, truncation_percentage: 40'
for type in random grid sobol tpe bayesian auto; do
	for policy in 'BanditPolicy, slack_factor: 0.2, delay_evaluation: 2' \
		'MedianStoppingPolicy' \
		"$truncation" "$truncation, exclude_finished_jobs: true"; do
		sweep total=16 concurrent=3 type=$type "policy=$policy"
		code 0 hdrive submit sweep.yml -- ./learner
		replays @
		has out '^16 suggestions, '
		echo "$type, $policy: $(cat out)" >>said
	done
done
for policy in auto 'forecast, chance: 0.3' 'asha, first_rung: 2, reduction_factor: 2' \
	'hyperband, first_rung: 1, reduction_factor: 2, spacing: 1.6' \
	'percentile, percentile: 25, min_trials: 2' \
	'patient, patience: 2' 'threshold, lower: 0.2'; do
	sweep total=16 concurrent=3 "policy=$policy"
	code 0 hdrive submit sweep.yml -- ./learner
	replays @
	has out ' [1-9][0-9]* stops: '
	echo "random, $policy: $(cat out)" >>said
done
# Not one of them was a replay of nothing.
has said ' [1-9][0-9]* stops'
hasnt said ' 0 questions'
code 0 hdrive replay --json
has out '^{"differences":\[\],"suggestions":16,"enqueued":0,"questions":[0-9]*,'
has out ',"stops":[0-9]*,"promotions":0,"same":true}$'
