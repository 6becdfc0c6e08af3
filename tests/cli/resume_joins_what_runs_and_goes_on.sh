#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Trials that outlive their engine are joined: one attempt, no value lost, none
# twice, and the rest is what an uninterrupted sweep draws.
sweep total=6 concurrent=2
script prog <<'END'
for i in 1 2 3; do
	echo acc=0.$i
	sleep 0.4
done
END
code 0 hdrive submit sweep.yml --name whole-1 --seed 5 -- ./prog
hdrive submit sweep.yml --name cut-1 --seed 5 -- ./prog >/dev/null 2>err &
engine=$!
within 60 grep -q leads err
sleep 0.3
kill -9 $engine
wait $engine 2>/dev/null || :
code 0 hdrive status cut-1
has out 'engine gone'
has out 'hdrive resume cut-1'
code 0 hdrive resume cut-1
code 0 hdrive metrics whole-1 --csv
cut -d, -f1-4 out >whole.values
code 0 hdrive metrics cut-1 --csv
cut -d, -f1-4 out >cut.values
cmp whole.values cut.values || fail 'other values than without the crash'
code 0 hdrive show cut-1 --json
hasnt out '"attempt":2'
hdrive show whole-1 --json | grep -o '"arguments":[^]]*]' >whole.words
hdrive show cut-1 --json | grep -o '"arguments":[^]]*]' >cut.words
cmp whole.words cut.words || fail 'other trials than without the crash'

# Once more does no harm.
code 0 hdrive resume cut-1
has err '6 completed'
sound
