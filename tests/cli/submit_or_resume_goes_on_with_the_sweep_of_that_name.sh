#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# A step that is run again after something killed it: by the same words.
sweep total=4 concurrent=1
script prog <<'STOP'
echo acc=$2
echo $2 >outputs/model
until [ -e "$GATE" ]; do sleep 0.05; done
STOP
# What the test itself writes is no part of what is submitted.
printf 'out\nerr\nmodel\n' >.amlignore
GATE=$PWD/gate
export GATE
script step <<'STOP'
exec hdrive submit sweep.yml --name step-1 --or-resume --seed 5 \
	--best-output outputs/model=model "$@" -- ./prog
STOP
./step >out 2>err &
engine=$!
within 60 grep -q leads err
kill -TERM $engine
got=0
wait $engine || got=$?
same $got 143
# What has not ended by itself has no result yet.
has err '^--best-output: nothing is copied, the sweep has not come to its end$'
[ ! -e model ] || fail 'a model of half a sweep'

# A trial outlives an engine that is killed, and is gone on with.
./step >out 2>err &
engine=$!
within 60 sh -c 'hdrive show step-1 0 --json | grep -q "\"state\":\"Running\""'
kill -KILL $engine
killed $engine
touch gate
code 0 ./step
same "$(cat out)" step-1
has err '4 completed'
same "$(hdrive ls --all | grep -c step-1)" 1
same "$(cat model)" "$(hdrive best step-1 --format json | sed 's/.*"value":\([0-9]*\).*/\1/')"

# Once more: nothing is left to do, the result is there again.
rm model
code 0 ./step
[ -e model ] || fail 'no model'
same "$(hdrive show step-1 --json | grep -o '"number":' | wc -l)" 4

hasnt err changed
hasnt err note

# What was edited since is told: trials run what was submitted.
mkdir folder
code 0 hdrive submit sweep.yml --name edited --max-trials 1 -- ./prog
echo '# edited' >>prog
rm gate
rmdir folder
code 0 hdrive submit sweep.yml --name edited --max-trials 1 --or-resume -- ./prog
has err "^note: .*'prog'.* have changed since this sweep was submitted"
has err "'gate'"
has err "'folder/'"
touch gate
sed -i '$d' prog
code 0 hdrive submit sweep.yml --name edited --max-trials 1 --or-resume --no-snapshot -- ./prog
hasnt err changed

# More trials in the file: those that there are stay.
sed -i 's/max_total_runs: 4/max_total_runs: 5/' sweep.yml
code 0 ./step
has err '5 completed'
code 0 ./step --set max_total_runs=6
has err '6 completed'
code 0 hdrive replay step-1
sound
