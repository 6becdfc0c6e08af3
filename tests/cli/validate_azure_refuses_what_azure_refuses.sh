#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2000
code 0 hdrive validate sweep.yml
has err portability
code 2 hdrive validate --azure sweep.yml
sweep
echo 'colour: blue' >>sweep.yml
code 0 hdrive validate sweep.yml
has err "colour"
code 2 hdrive validate --strict sweep.yml
