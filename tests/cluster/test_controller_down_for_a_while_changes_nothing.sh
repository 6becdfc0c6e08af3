#!/bin/sh
# While the controller is down nothing is known of it and nothing changes: values of
# trials that run are seen as ever, and what ended meanwhile ended well.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up
lab_target

sweep total=3 concurrent=2
learner 3
engine submit sweep.yml -v --name s --seed 3 --no-smoke --backend lab -- ./learner
within 30 logged 4 s
# A job that it has not written down yet it would forget, which is another test.
sleep 4
slurm kill ctl
logged_before=$(grep -c 'acc' said || :)
sleep "${DOWN_SECONDS:-20}"
[ "$(grep -c 'acc' said)" -gt "$logged_before" ] || fail 'no value was seen meanwhile'
slurm start ctl
done_well
completed 3 s
counted s
same "$(attempts s)" ''
nothing_left
