#!/bin/sh
# Azure's default is all trials at once: said, unless -j or the file says less.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=300 concurrent=300
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=1'
has err 'note: all 300 trials at once on'
sweep total=300 concurrent=8
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=1'
hasnt err 'trials at once on'
