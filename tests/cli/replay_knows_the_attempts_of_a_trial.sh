#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Every third trial fails after three values and is tried again; what the first
# attempt logged was compared with others until then.
script prog <<'END'
last=5
[ $((HDRIVE_TRIAL % 3)) != 1 ] || [ "$HDRIVE_ATTEMPT" != 1 ] || last=3
for step in $(seq 1 $last); do
	echo acc=0.$(($2 * step % 89))
	sleep 0.03
done
[ $last = 5 ]
END
for policy in 'BanditPolicy, slack_factor: 0.3' MedianStoppingPolicy \
	'TruncationSelectionPolicy, truncation_percentage: 30'; do
	for type in tpe bayesian random; do
		sweep total=12 concurrent=3 type=$type "policy=$policy"
		printf '%s\n' 'max_restarts: 1' 'restart_delay: 0.1' >>sweep.yml
		code 0 hdrive submit sweep.yml -- ./prog
		cat err >>said
		replays @
	done
done
has said 'attempt 1: '
