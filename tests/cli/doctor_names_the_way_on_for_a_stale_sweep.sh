#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2 concurrent=1
script prog <<'END2'
echo acc=0.5
for i in $(seq 300); do [ ! -e "$1/go" ] || exit 0; sleep 0.1; done
END2
hdrive submit sweep.yml --name left-alone-1 -- ./prog "$PWD" >sweep-name 2>told &
engine=$!
within 60 grep -q leads told
# A sweep that runs is in order.
code 0 hdrive doctor
has out '1 looked at, with their folders; 1 under way'
kill -KILL $engine
wait $engine || [ $? = 137 ]
# Its last commits are in the -wal file, which --fix merges.
code 1 hdrive doctor
has out '^warning  log  *.* of commits are in the -wal file alone; '
has out "^problem  sweep        'left-alone-1' is Running, but its engine (process $engine)"
has out '1 trial open, 1 still running'
has out "'hdrive resume left-alone-1'.*'hdrive cancel left-alone-1'"
# What runs is left alone, and what has ended gets its end.
code 0 hdrive doctor --fix
has out "^mended   sweep        'left-alone-1': of 1 open trial 0 had ended"
has out '^mended   log          merged the -wal file'
touch go
within 60 [ -e .hdrive/left-alone-1/000000/exit ]
code 1 hdrive doctor
has out '1 trial open, 0 still running'
code 0 hdrive doctor --fix
has out "^mended   sweep        'left-alone-1': of 1 open trial 1 had ended"
code 0 hdrive show left-alone-1 0 --json
has out '"state":"Completed"'
code 0 hdrive resume left-alone-1
has err '2 completed'
sound
