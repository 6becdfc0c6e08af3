#!/bin/sh
# A host that is not heard of for less than the lease: nobody knows, nothing changes,
# and what it did meanwhile counts.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
ssh_target lease=60

sweep total=6 concurrent=6
learner 2
engine submit sweep.yml -v --name s --seed 3 --no-smoke --backend lab -- ./learner
within 30 logged 6 s
hosts unplug h1
before=$(grep -c acc said || :)
sleep 12
# The others were seen all the same.
[ "$(grep -c acc said)" -gt "$before" ] || fail 'no value of the others came'
hosts plug h1
done_well
completed 6 s
counted s
same "$(attempts s)" ''
nothing_left
