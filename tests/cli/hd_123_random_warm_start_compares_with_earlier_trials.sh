#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# The samples are those of a cold start; the policy stops what an earlier sweep
# was better than.
learner
sweep total=12 concurrent=3 'policy=BanditPolicy, slack_amount: 0.05'
code 0 hdrive submit sweep.yml --name cold-1 --seed 8 --set policy.slack_amount=9 -- ./learner
code 0 hdrive submit sweep.yml --name warm-1 --seed 8 --resume-from cold-1 -- ./learner
has err '12 trials of earlier sweeps are known$'
for sweep in cold-1 warm-1; do
	hdrive show $sweep --json | grep -o '"parameters":{[^}]*}' >$sweep
done
cmp cold-1 warm-1 || fail 'other samples than a cold start'
code 0 hdrive show cold-1
hasnt out Canceled
code 0 hdrive replay warm-1
has out ' [1-9][0-9]* stops: all the same$'
code 0 hdrive resume warm-1 --max-trials 15
replays warm-1
