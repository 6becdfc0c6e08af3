#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Nothing else happens meanwhile that could wake the engine.
sweep total=1 concurrent=1
script prog <<'END2'
echo acc=1
[ "$HDRIVE_ATTEMPT" = 2 ] || exit 75
END2
code 0 hdrive submit sweep.yml --name late-1 --timeout 60s -- ./prog
has err 'again in 1 s'
has err '1 completed'
sound
