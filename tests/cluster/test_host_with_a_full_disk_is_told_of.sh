#!/bin/sh
# A host whose disk is full runs nothing: that is said, the other hosts do its work,
# and nothing half written is taken for whole.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
ssh_target folder=/mnt/trials

sweep total=6 concurrent=6
learner 0.2
ssh h1 'dd if=/dev/zero of=/mnt/all bs=64k 2>/dev/null || :'
engine submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./learner
done_well
completed 6 s
counted s
has said 'h1'
! grep -q '"host": *"h1"' .hdrive/s/*/state || fail 'something ran on h1'
nothing_left
