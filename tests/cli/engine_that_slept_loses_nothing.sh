#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Stopped while its trials log and end, as a closed lid does it.
sweep total=4 concurrent=2
script prog <<'END2'
for i in 1 2 3; do
	echo acc=0.$i
	sleep 0.1
done
END2
hdrive submit sweep.yml --name nap-1 --no-smoke -- ./prog >out 2>err &
engine=$!
within 60 grep -q leads err
kill -STOP $engine
within 60 test -e .hdrive/nap-1/000000/exit -a -e .hdrive/nap-1/000001/exit
sleep 0.3
kill -CONT $engine
got=0
wait $engine || got=$?
same $got 0
code 0 hdrive metrics nap-1 --csv
for trial in 0 1 2 3; do
	same "$(grep "^$trial,.*acc" out | cut -d, -f4 | tr '\n' ' ')" '0.1 0.2 0.3 '
done
sound
