#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 2 hdrive sumbit
has err "unknown command 'sumbit', did you mean 'submit'?"
code 2 hdrive xyzzyqq
has err 'hdrive help'
code 2 hdrive help valdate
has err validate
