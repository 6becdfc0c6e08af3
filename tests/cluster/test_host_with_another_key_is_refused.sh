#!/bin/sh
# A host that shows another key than the known one gets nothing; the others do the work,
# and it is said why.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
ssh_target

sweep total=4 concurrent=4
learner 0.1
rm "$LAB_DIR"/hosts/h1/root/.lab/host_key*
ssh-keygen -q -t ed25519 -N '' -f "$LAB_DIR/hosts/h1/root/.lab/host_key"
hosts deaf h1
hosts hear h1
engine submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./learner
done_well
completed 4 s
has said 'h1.*[Hh]ost key'
! grep -q '"host": *"h1"' .hdrive/s/*/state || fail 'something ran on h1'
[ ! -e "$LAB_DIR/hosts/h1/root/.hdrive-trials" ] || fail 'it got something'
nothing_left
