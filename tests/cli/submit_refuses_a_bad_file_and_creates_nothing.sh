#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
sed -i 's/random/randum/' sweep.yml
code 2 hdrive submit sweep.yml -- true
has err "randum"
[ ! -e .hdrive ] || fail 'a store was made'
code 3 hdrive submit nowhere.yml -- true
[ ! -e .hdrive ] || fail 'a store was made'
