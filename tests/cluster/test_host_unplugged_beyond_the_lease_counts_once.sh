#!/bin/sh
# A host that is not heard of for longer than the lease: its trials run once more
# elsewhere. When it is back, what still runs there is ended and does not count.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
ssh_target lease=5

sweep total=4 concurrent=3
learner 5
engine submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./learner
within 30 logged 3 s
gone=$(grep -l '"host": *"h1"' .hdrive/s/*/state | sed 's|.*/0*\([0-9][0-9]*\)/state|\1|')
hosts unplug h1
again_elsewhere() {
	attempts s | grep -q "^$gone 1 lost$"
}
within 60 again_elsewhere
# It is back while the second life runs.
hosts plug h1
done_well
completed 4 s
counted s
same "$(attempts s)" "$gone 1 lost"
nothing_left
