#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# What an engine leaves that is killed between its folder and its row.
sweep total=1
mkdir -p .hdrive/a .hdrive/b .hdrive/c
touch .hdrive/b/engine.lock .hdrive/c/mine
code 0 hdrive submit sweep.yml --name a -- echo acc=1
code 0 hdrive submit sweep.yml --name b -- echo acc=1
code 2 hdrive submit sweep.yml --name c -- echo acc=1
has err "the name 'c' is taken: '.*/.hdrive/c' exists"
same "$(ls .hdrive/c)" mine

# A sweep without a trial's folder is still a sweep.
rm -r .hdrive/a/0*
code 2 hdrive submit sweep.yml --name a -- echo acc=1
has err "the name 'a' is taken"
[ -e .hdrive/a/engine.lock ] || fail 'the lock of another sweep is gone'
code 0 hdrive resume a
