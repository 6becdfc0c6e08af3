#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
code 4 hdrive submit sweep.yml -- sh -c 'echo loss=1'
has err "note: .*acc"
has err "loss"
has err "no trial reported 'acc'"
code 4 hdrive best
has err "'acc'"
