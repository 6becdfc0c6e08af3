#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
script prog <<'END'
echo acc=0.5
while [ ! -e "$1/go" ]; do sleep 0.05; done
END
hdrive submit sweep.yml -- ./prog "$PWD" >sweep-name 2>told &
engine=$!
within 60 grep -q leads told
code 8 hdrive status --exit-status
has out '1 running'
code 0 hdrive status
touch go
wait $engine
code 0 hdrive status --exit-status
has out Completed
