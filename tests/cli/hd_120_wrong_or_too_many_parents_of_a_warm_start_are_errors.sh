#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

learner
sweep total=3 concurrent=3
code 0 hdrive submit sweep.yml --name old-1 -- ./learner
code 0 hdrive submit sweep.yml --name old-2 -- ./learner

code 2 hdrive submit sweep.yml --name new-1 --resume-from a,b,c,d,e,f -- ./learner
has err "'resume_from' has 6 sweeps, at most 5 are taken"
code 2 hdrive submit sweep.yml --name new-1 --resume-from old-1,old-1 -- ./learner
has err "'resume_from' has 'old-1' twice"
code 2 hdrive submit sweep.yml --name new-1 --resume-from old-1,old-2,@ -- ./learner
has err "'resume_from' has the sweep '@' twice"
code 3 hdrive submit sweep.yml --name new-1 --resume-from no-such -- ./learner
code 3 hdrive status new-1

hdrive submit sweep.yml --name busy-1 -- sh -c 'echo acc=0.1; exec sleep 100' >name 2>err.busy &
engine=$!
within 60 grep -q leads err.busy
code 2 hdrive submit sweep.yml --name new-1 --resume-from busy-1 -- ./learner
has err "'resume_from': sweep 'busy-1' is Running, expected Completed or Canceled"
kill -INT $engine
wait $engine || :

sed 's/name: acc/name: loss/' sweep.yml >other.yml
code 2 hdrive submit other.yml --name new-1 --resume-from old-1 -- ./learner
has err "'resume_from': the metric of sweep 'old-1' is 'acc', not 'loss'"
sed 's/goal: maximize/goal: minimize/' sweep.yml >other.yml
code 2 hdrive submit other.yml --name new-1 --resume-from old-1 -- ./learner
has err "'resume_from': the goal of sweep 'old-1' is 'maximize', not 'minimize'"
code 3 hdrive status new-1
[ ! -e .hdrive/new-1 ] || fail 'a folder is left'

# Ended ones are taken, the cancelled too, from the file as well.
echo 'resume_from: [old-1, old-2, busy-1]' >>sweep.yml
code 0 hdrive submit sweep.yml --name new-1 -- ./learner
has err '[6-9] trials of earlier sweeps are known'
sound
