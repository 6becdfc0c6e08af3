#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2 concurrent=1
script prog <<'END2'
echo acc=0.5
echo x >outputs/model
[ "$HDRIVE_TRIAL" = 0 ] && exit
for i in $(seq 300); do [ ! -e "$1/go" ] || exit 0; sleep 0.1; done
END2
hdrive submit sweep.yml --name under-way-1 -- ./prog "$PWD" >sweep-name 2>told &
engine=$!
within 60 [ -e .hdrive/under-way-1/000001/work/outputs/model ]
# Also a trial that has ended: its sweep may want it.
for what in '--outputs --logs' '--keep last:1' '--sweeps --older 1s' '@ --sweeps'; do
	# shellcheck disable=SC2086
	code 0 hdrive gc $what --yes
	has out '^under-way-1           kept: it runs$'
	has out '^0 bytes of 0 trials in 0 sweeps removed$'
done
same "$(find .hdrive -name model | wc -l)" 2
kill -KILL $engine
wait $engine || [ $? = 137 ]
code 0 hdrive gc --outputs --yes
has out "kept: its engine is gone: 'hdrive resume under-way-1' or 'hdrive cancel under-way-1' first"
same "$(find .hdrive -name model | wc -l)" 2
touch go
within 60 [ -e .hdrive/under-way-1/000001/exit ]
