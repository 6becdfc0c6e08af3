#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=4 concurrent=2
script prog <<'END'
echo acc=0.5
exec sleep 100
END
hdrive submit sweep.yml --name left-1 --no-smoke -- ./prog >/dev/null 2>err.engine &
engine=$!
within 60 sh -c 'hdrive show left-1 --json | grep -q "\"number\":1"'
within 60 test -s .hdrive/left-1/000001/stdout
kill -9 $engine
wait $engine 2>/dev/null || :
# One of them: the other runs on, the sweep is as it was.
code 0 hdrive cancel left-1 0
code 0 hdrive show left-1 --json
same "$(grep -o '"state":"[A-Za-z]*"' out | tr '\n' ' ')" \
	'"state":"Running" "state":"Canceled" "state":"Running" '
code 1 hdrive wait left-1
has err 'hdrive resume'
# To stop the other, nothing of what they ran in is needed.
rm -rf .hdrive/.snapshots
code 0 hdrive cancel left-1
code 130 hdrive status left-1 --exit-status
sound
