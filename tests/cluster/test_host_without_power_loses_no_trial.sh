#!/bin/sh
# A host loses its power, and comes up again before its lease is over: its trials are
# begun anew, as it says itself that it is not the one that ran them.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
ssh_target lease=15

sweep total=4 concurrent=3
learner 2
engine submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./learner
within 30 logged 3 s
hosts off h1
sleep 2
hosts on h1
done_well
completed 4 s
counted s
attempts s >again
[ -s again ] || fail 'no trial was on the host'
[ "$(grep -vc ' 1 lost$' again)" = 0 ] || fail "$(cat again)"
nothing_left
