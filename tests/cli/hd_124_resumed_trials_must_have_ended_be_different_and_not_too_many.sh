#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

learner
sweep total=3 concurrent=3
code 0 hdrive submit sweep.yml --name old-1 -- ./learner
code 2 hdrive submit sweep.yml --name new-1 --resume-child-runs old-1/0,old-1/0 -- ./learner
has err "'resume_child_runs' has 'old-1/0' twice"
code 2 hdrive submit sweep.yml --name new-1 --resume-child-runs old-1/0,@/0 -- ./learner
has err "'resume_child_runs' has the trial '@/0' twice"
code 2 hdrive submit sweep.yml --max-trials 2 --name new-1 \
	--resume-child-runs old-1/0,old-1/1,old-1/2 -- ./learner
has err "has 3 trials, more than the 2 of 'max_total_runs'"
code 2 hdrive submit sweep.yml --name new-1 --resume-child-runs old-1 -- ./learner
has err "'old-1' is no trial: expected SWEEP/N"
code 3 hdrive submit sweep.yml --name new-1 --resume-child-runs old-1/9 -- ./learner
has err "no trial 9 in sweep 'old-1'"

hdrive submit sweep.yml --name busy-1 -- sh -c 'echo acc=0.1; exec sleep 100' >name 2>err.busy &
engine=$!
within 60 grep -q leads err.busy
code 2 hdrive submit sweep.yml --name new-1 --resume-child-runs busy-1/0 -- ./learner
has err "trial 'busy-1/0' is Running, it must have ended"
kill -INT $engine
wait $engine || :

# It must be a point of the new space.
sed 's/1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12/77/' sweep.yml >other.yml
code 2 hdrive submit other.yml --name new-1 --resume-child-runs old-1/0 -- ./learner
has err "trial 'old-1/0' does not fit the parameter space: '--x' has no option"
code 3 hdrive status new-1
sound
