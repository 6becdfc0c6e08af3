#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Each trial ends when a file of its number is there.
sweep total=4 concurrent=2
script prog <<'END'
echo acc=0.5
until [ -e "../../../../end-$HDRIVE_TRIAL" ] || [ -e ../../../../end ]; do sleep 0.05; done
END
code 0 hdrive submit sweep.yml --name held-1 --detach -- ./prog
within 60 sh -c 'hdrive status held-1 | grep -q "2 running"'
code 0 hdrive update held-1 --hold
same "$(cat out)" 'held no -> yes'
code 0 hdrive update held-1 --hold
same "$(cat out)" ''
code 0 hdrive status held-1
has out '^waiting  *held: no new trials start; go on with: hdrive update held-1 --go-on$'
code 0 hdrive status held-1 --json
has out '"held":true,"slots_why":"held: no new trials start"'
# What runs ends, nothing follows, and the sweep is not over.
touch end-0 end-1
within 60 sh -c 'hdrive status held-1 | grep -q "2 of 4 ended"'
code 0 hdrive show held-1 --json
same "$(grep -o '"number":[0-9]*' out | wc -l)" 2
code 8 hdrive status held-1 --exit-status
code 0 hdrive update held-1 --go-on -j 1
has out '^max_concurrent 2 -> 1$'
has out '^held yes -> no$'
within 60 sh -c 'hdrive status held-1 | grep -q "1 running"'
# A resume holds what was held: by an engine, or by none.
code 0 hdrive update held-1 --hold
code 0 hdrive cancel held-1
within 60 sh -c 'hdrive status held-1 | grep -q Canceled'
code 0 hdrive update held-1 --go-on
same "$(cat out)" 'held=no'
code 0 hdrive update held-1 --hold --max-trials 5
has out '^held=yes$'
code 130 hdrive wait held-1
touch end
hdrive resume held-1 >out 2>err &
engine=$!
within 60 grep -q 'note: the sweep is held: no new trials start' err
within 60 sh -c 'hdrive status held-1 | grep -q "^waiting  *held"'
hdrive update held-1 --go-on >changed
same "$(cat changed)" 'held yes -> no'
wait $engine
has err '5 trials'
sound
replays held-1
code 0 hdrive status held-1 --json
has out '"held":false'

code 2 hdrive update held-1 --hold --go-on
has err "'--hold' and '--go-on' are one or the other"
code 3 hdrive update no-such-sweep --hold
cat >study.yml <<'END'
sampling: {type: random, parameter_space: [{name: --x, expression: uniform, values: [0, 1]}]}
primary_metric_name: acc
primary_metric_goal: maximize
max_total_runs: 4
END
code 0 hdrive create study.yml --name asked-1
code 2 hdrive update asked-1 --hold
has err "'asked-1' is a study, whose trials others run"
