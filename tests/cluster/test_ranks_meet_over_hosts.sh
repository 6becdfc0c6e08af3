#!/bin/sh
# A trial of several hosts: they find each other, end together, and one of them
# that goes is the trial's machine that failed.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
code 0 hdrive target add lab ssh hosts=h1,h2,h3 lease=5

. "$TEST_ROOT/tests/cluster/ranks.sh"
ranks_are_right

# More nodes than hosts.
runconfig many 'framework: PyTorch' 'nodeCount: 4'
code 2 hdrive submit sweep.yml -c many --name many
has err 'a trial wants 4 nodes, the target has 3'
code 3 hdrive status many

# A host of the trial's dies: the trial goes on elsewhere, as another attempt.
hdrive submit sweep.yml -c wait --name off >out 2>err &
engine=$!
within 30 test -s .hdrive/off/000000/node-1/place-1
within 30 grep -q '^acc' .hdrive/off/000000/stdout
host=$(sed 's/.*"host": "\([^"]*\)".*/\1/' .hdrive/off/000000/node-1/place-1)
hosts off "$host"
within 60 test -e .hdrive/off/000000/attempts/1/stdout
within 30 grep -q '^acc' .hdrive/off/000000/stdout
[ -d .hdrive/off/000000/attempts/1/node-1 ] || fail "the first attempt's files"
code 0 hdrive cancel off
wait "$engine" || :
