#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

cat >sweep.yml <<'END'
sampling:
  type: grid
  parameter_space:
  - {name: --x, expression: choice, values: [1, 2, 3]}
  - {name: opt, expression: choice, values: ["a b", c]}
primary_metric_name: acc
primary_metric_goal: maximize
max_total_runs: 2
max_concurrent_runs: 1
END
script prog <<'END'
echo acc=0.$2
until [ -e go ] || [ -e ../../../../go ]; do sleep 0.05; done
END
code 0 hdrive submit sweep.yml --name live-1 --detach -- ./prog
within 60 sh -c 'hdrive status live-1 | grep -q "1 running"'
code 0 hdrive update live-1 --max-trials 7 -j 2
has out 'max_total 2 -> 7'
has out 'max_concurrent 1 -> 2'
code 0 hdrive update live-1 --target 7 --patience 50
same "$(cat out)" "target none -> 7
patience none -> 50"
code 0 hdrive update live-1 --target 0.5e1 --patience 2h
same "$(cat out)" "target 7 -> 5
patience_time none -> 7200"
code 2 hdrive update live-1 --improvement 1
has err "'improvement' needs a sampler that says what it expects, and 'grid' does not"
code 2 hdrive update live-1 --target high
has err "'high' is no number"
code 2 hdrive update live-1 --patience 0
has err "'--patience' must be at least 1, got '0'"
code 2 hdrive update live-1 --patience soon
has err "'--patience' must be a number of trials such as 50, or a time"
code 0 hdrive enqueue live-1 -p x=3 -p 'opt=a b'
same "$(cat out)" 1
code 2 hdrive enqueue live-1 -p x=9 -p opt=c
has err "'--x' has no option '9'"
code 2 hdrive enqueue live-1 -p x=3
has err "'opt' is missing"
printf '%s\n' '{"x": 2, "opt": "c"}' '{"x": 2, "oops": 1}' >more.jsonl
code 2 hdrive enqueue live-1 --from more.jsonl
has err "no parameter 'oops'"
has err 'more.jsonl:2'
same "$(cat out)" 1
touch go
code 0 hdrive wait live-1
# The grid is whole though two trials were put among its points, one of them
# before the limits: six points and what was enqueued are seven and no more.
code 0 hdrive show live-1 --json
same "$(grep -o '"number":[0-9]*' out | wc -l)" 7
code 2 hdrive update live-1
code 0 hdrive update live-1 -j 4 --max-trials 9
has out '^max_total_runs=9$'
has err 'hdrive resume live-1'
code 0 hdrive update live-1 --patience 3h --target 8
same "$(cat out)" "end_when.target=8
end_when.patience_minutes=180"
code 2 hdrive update live-1 --improvement 0.1
has err "'end_when.improvement' needs a sampler"
code 3 hdrive update no-such-sweep -j 4
# What changed stays for a resume, what waits is tried then.
code 0 hdrive enqueue live-1 -p x=1 -p opt=c
code 0 hdrive resume live-1
has err '4 at a time'
has err '9 trials, 9 completed'
code 0 hdrive show live-1 7 --json
has out '"--x":1'
sound
