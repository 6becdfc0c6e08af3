#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# The second attempt works; one that gave way is not counted at all.
sweep total=2 concurrent=1
script prog <<'END'
echo acc=0.5
[ "$HDRIVE_ATTEMPT" = 1 ] && [ "$HDRIVE_TRIAL" = 0 ] && exit 3
[ "$HDRIVE_ATTEMPT" = 1 ] && exit 75
exit 0
END
code 0 hdrive submit sweep.yml --max-restarts 1 --set restart_delay=0.2 -- ./prog
has err 'trial 0, attempt 1: exit 3; again in'
has err 'trial 1, attempt 1: exit 75; again in'
has err '2 completed, 0 failed'
# Attempts are used up.
script never <<'END'
echo acc=0.5
exit 3
END
code 0 hdrive submit sweep.yml --max-restarts 2 --set restart_delay=0.1 -- ./never
has err '0 completed, 2 failed'
code 0 hdrive show @ 1 --json
has out '"attempt":3'
sound
