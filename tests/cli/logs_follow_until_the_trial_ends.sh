#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
script prog <<'END'
echo first
echo acc=0.5
while [ ! -e "$1/go" ]; do sleep 0.05; done
echo last
END
hdrive submit sweep.yml -- ./prog "$PWD" >sweep-name 2>told &
engine=$!
within 60 grep -q leads told
hdrive logs @ 0 -f --stdout >followed &
follower=$!
within 60 grep -q first followed
touch go
wait $engine
wait $follower
has followed last
code 0 hdrive logs @ -f
has out last
