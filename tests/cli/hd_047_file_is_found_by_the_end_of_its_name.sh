#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

mkdir -p a/b
(cd a/b && sweep)
code 0 hdrive validate sweep.yml
code 0 hdrive sample eep.yml -n 1
cp a/b/sweep.yml a/sweep.yml
code 2 hdrive validate sweep.yml
has err 'a/b/sweep.yml'
