#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# The engine and every launcher killed: what they ran is gone, and runs again
# as a second attempt with the first one's logs beside it.
sweep total=3 concurrent=1
script prog <<'END'
echo acc=0.1
[ "$HDRIVE_ATTEMPT" = 2 ] || [ "$HDRIVE_TRIAL" != 0 ] || exec sleep 100
echo acc=0.2
END
hdrive submit sweep.yml --name gone-1 -- ./prog >/dev/null 2>err &
engine=$!
within 60 grep -q leads err
kill -9 $engine
wait $engine 2>/dev/null || :
launcher=$(grep -o '"pid":[0-9]*' .hdrive/gone-1/000000/state | cut -d: -f2)
kill -9 "$launcher"
code 0 hdrive resume gone-1
has err 'trial 0, attempt 1: .*again now'
has err '3 completed'
code 0 hdrive metrics gone-1 --csv
same "$(grep -c '^0,.*acc' out)" 2
same "$(cat .hdrive/gone-1/000000/attempts/1/stdout)" acc=0.1
code 0 hdrive show gone-1 0 --json
has out '"attempt":2'
sound
