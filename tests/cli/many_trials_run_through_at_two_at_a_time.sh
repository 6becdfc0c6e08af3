#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

cat >sweep.yml <<'END'
sampling:
  type: random
  parameter_space:
  - {name: x, expression: uniform, values: [0, 1]}
primary_metric_name: acc
primary_metric_goal: minimize
max_total_runs: 200
max_concurrent_runs: 2
END
script prog <<'END'
echo acc=$2
END
code 0 hdrive submit sweep.yml --seed 1 -- ./prog
has err '200 trials, 200 completed'
code 0 hdrive metrics @ --csv
same "$(wc -l <out)" 201
code 0 hdrive best --json
least=$(hdrive metrics @ --csv | cut -d, -f4 | sort -g | sed -n 2p)
has out "\"value\":$least,"
