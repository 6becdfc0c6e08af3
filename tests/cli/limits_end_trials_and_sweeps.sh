#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=3 concurrent=3
script prog <<'END'
[ "$HDRIVE_TRIAL" = 2 ] && echo acc=0.5 && exit 0
[ "$HDRIVE_TRIAL" = 1 ] && exec sleep 100
while :; do echo still here; sleep 0.2; done
END
code 0 hdrive submit sweep.yml --no-smoke --trial-timeout 4 --idle-timeout 2 -- ./prog
has err '1 completed, 2 failed'
code 0 hdrive show @ 0 --json
has out '"end_reason":"timeout"'
has out 'ran longer than trial_timeout, 4 s'
code 0 hdrive show @ 1 --json
has out 'no output for idle_timeout, 2 s'
code 0 hdrive retry @ --timeout --dry-run
has out '^2$'

# Too many failures, three alike at the start, and what neither is.
sweep total=9 concurrent=1
script bad <<'END'
echo "no such file: $1" >&2
[ "$HDRIVE_TRIAL" = 0 ] && echo acc=0.1 && exit 0
exit 1
END
code 6 hdrive submit sweep.yml --max-failures 2 -- ./bad
has err '2 trials failed, max_failures is 2'
code 6 hdrive status @ --exit-status
script worse <<'END'
echo 'no such file' >&2
exit 1
END
code 6 hdrive submit sweep.yml -- ./worse
has err 'the first 3 trials failed in the same way'
has err '3 trials, 0 completed, 3 failed'
script various <<'END'
exit $((HDRIVE_TRIAL + 1))
END
code 4 hdrive submit sweep.yml -- ./various
has err '9 trials, 0 completed, 9 failed'
sound
