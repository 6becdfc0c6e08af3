#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

learner 0
sweep total=2 concurrent=2
code 0 hdrive submit sweep.yml --name old-1 -- ./learner
sweep total=999 concurrent=2 policy=NoTerminationPolicy
hdrive submit sweep.yml --name new-1 --resume-from old-1 -- ./learner >name 2>err &
engine=$!
within 60 grep -q leads err
kill -INT $engine
wait $engine || :
has err "\[portability\] with those of 'resume_from' 1001 trials: Azure takes at most 1000"
code 0 hdrive submit sweep.yml --name new-2 --max-trials 2 --resume-from old-1 -- ./learner
hasnt err 'trials: Azure takes'
