#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
script prog <<'END'
echo acc=0.5
for i in $(seq 100); do [ ! -e "$1/go" ] || exit 0; sleep 0.1; done
END
hdrive submit sweep.yml -- ./prog "$PWD" >sweep-name 2>told &
engine=$!
within 60 grep -q leads told
kill -KILL $engine
wait $engine || [ $? = 137 ]
code 1 hdrive status --exit-status
has out 'engine gone'
code 0 hdrive ls
has out 'engine gone'
touch go
