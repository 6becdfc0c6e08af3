#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Twenty-four points: all of them with a budget of 24, and some with one of 4.
sweep type=auto total=24
# shellcheck disable=SC2016 # the trial's shell expands it
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=$2' x
has err 'note: auto is grid sampling'
sweep type=auto total=6 concurrent=6
# shellcheck disable=SC2016
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=$2' x
has err 'note: auto is sobol sampling'
sweep type=auto total=6 concurrent=2
# shellcheck disable=SC2016
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=$2' x
has err 'note: auto is bayesian sampling'
code 0 hdrive validate sweep.yml
code 2 hdrive validate --azure sweep.yml
