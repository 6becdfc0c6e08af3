#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
# Every expression, a branch, curves with and without steps, NaN, infinity,
# failures, a trial without the metric, another metric: to Optuna's file and
# back the trials are the same.
cat >sweep.yml <<'END'
sampling:
  type: random
  parameter_space:
  - {name: --n, expression: randint, values: [3]}
  - {name: u, expression: uniform, values: [-1, 2]}
  - {name: qu, expression: quniform, values: [0.5001, 4.4999, 1]}
  - {name: qf, expression: quniform, values: [0, 1, 0.25]}
  - {name: lu, expression: loguniform, values: [-9, -2]}
  - {name: qlu, expression: qloguniform, values: [0, 5, 1]}
  - {name: nm, expression: normal, values: [0, 1]}
  - {name: qn, expression: qnormal, values: [0, 3, 2]}
  - {name: ln, expression: lognormal, values: [0, 1]}
  - {name: qln, expression: qlognormal, values: [0, 1, 1]}
  - name: opt
    expression: choice
    values: ["a, b", "x\"y", "1", 1, 2.5, true, null]
  - name: model
    expression: choice
    values:
    - none
    - svm: {C: {expression: uniform, values: [0, 1]}}
primary_metric_name: loss
primary_metric_goal: minimize
max_total_runs: 30
max_concurrent_runs: 4
END
script prog <<'END'
case $(basename "$HDRIVE_DIR") in
*0) echo 'loss=nan' ;;
*1) exit 3 ;;
*2) echo 'loss=inf' ;;
*3) hdrive log loss=3 --step 1; hdrive log loss=2 --step 2; hdrive log loss=4 --step 5 ;;
*4) echo loss=0.5; echo loss=0.25; echo loss=0.75 ;;
*5) echo other=1 ;;
*) echo "acc=0.1234567890123456 loss=1e-300" ;;
esac
END
code 0 hdrive submit sweep.yml --name first --seed 4 --no-smoke -- ./prog
code 0 hdrive run -p x=1,2 -m max:acc --name second -- sh -c 'echo acc=1'
code 0 hdrive export first second --optuna study.db
same "$(cat out)" study.db
code 2 hdrive export first --optuna study.db
has err "'study.db' is there already"
code 2 hdrive import study.db
has err 'several studies, --study names one: first, second'
code 0 hdrive import study.db --study first --name again
code 0 hdrive import study.db --study second --name twice
for sweep in first again second twice; do
	for metrics in wide long; do
		code 0 hdrive export $sweep --metrics $metrics -o $sweep-$metrics
	done
done
/usr/bin/python3 - <<'END' || fail 'other trials came back'
import csv
def rows(name, leave=()):
    with open(name, newline="") as file:
        return [{k: v for k, v in row.items() if k not in leave}
                for row in csv.DictReader(file)]
for a, b in ("first", "again"), ("second", "twice"):
    one, two = rows(a + "-wide"), rows(b + "-wide")
    assert len(one) == len(two) and one
    for x, y in zip(one, two):
        assert x == y, (x, y)
# A curve comes back value by value; steps are counted where there were none.
def curve(name):
    return [(r["trial"], r["logged"]) for r in rows(name) if r["metric"] == "loss"]
assert curve("first-long") == curve("again-long")
assert ("3", "5") in [(r["trial"], r["step"]) for r in rows("again-long")]
END
same "$(find . -name '*.tmp')" ''
sound
