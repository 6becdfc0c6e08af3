#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Trials cancelled with their sweep run again: anew, or on from a checkpoint.
# Their ends had been known to suggestions, and are so no more.
for keep in '' yes; do
	export KEEP=$keep
	learner 0.1
	for policy in MedianStoppingPolicy 'BanditPolicy, slack_factor: 0.3'; do
		for type in tpe bayesian; do
			sweep total=12 concurrent=3 type=$type "policy=$policy"
			hdrive submit sweep.yml --seed 9 -- ./learner >name 2>err &
			engine=$!
			within 60 grep -q . name
			sleep 0.6
			kill -INT $engine 2>/dev/null || : # it may be through
			wait $engine || :
			replays @
			# Other limits do not change what was decided before.
			code 0 hdrive resume @ --max-trials 14 -j 2
			replays @
			has out '^14 suggestions, '
		done
	done
done
sound
