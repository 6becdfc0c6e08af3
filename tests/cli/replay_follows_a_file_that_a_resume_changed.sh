#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# What was decided before is judged by the file that was in force then.
learner
sweep total=8 concurrent=2 type=tpe 'policy=BanditPolicy, slack_amount: 0.05'
code 0 hdrive submit sweep.yml --seed 6 --name changed-1 -- ./learner
replays changed-1
code 0 hdrive resume changed-1 --max-trials 10 --set policy.slack_amount=0.4
replays changed-1
sweep total=18 concurrent=3 type=bayesian policy=MedianStoppingPolicy
code 0 hdrive resume changed-1 --file sweep.yml --max-trials 18
replays changed-1
has out '^18 suggestions, '
sed -i 's/name: tag, .*/name: depth, expression: randint, values: [4]}/' sweep.yml
code 0 hdrive resume changed-1 --file sweep.yml --max-trials 24 --accept-space
replays changed-1
has out '^24 suggestions, '
sound
