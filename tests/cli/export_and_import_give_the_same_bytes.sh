#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
# All kinds of values, conditional parameters, curves, texts, NaN, infinities,
# failures and a stop: out, in and out again.
cat >sweep.yml <<'END'
sampling:
  type: grid
  parameter_space:
  - {name: --n, expression: randint, values: [3]}
  - name: opt
    expression: choice
    values: ["a, b", "x\"y\nz", "007", "1", "true", "", " é "]
  - name: model
    expression: choice
    values:
    - none
    - svm: {C: {expression: quniform, values: [1, 2, 1]}}
primary_metric_name: loss
primary_metric_goal: minimize
max_total_runs: 64
max_concurrent_runs: 4
policy: {type: BanditPolicy, slack_factor: 0.1, delay_evaluation: 30}
END
script prog <<'END'
case $(basename "$HDRIVE_DIR") in
*0) echo 'loss=nan' ;;
*1) exit 3 ;;
*2) echo 'loss=inf' ;;
*3) hdrive log loss=3 --step 1; hdrive log loss=2 --step 2; hdrive log loss=4 --step 5 ;;
*4)
	echo '{"name": "note", "text": "\"quoted\", text"}' >>"$HDRIVE_METRICS"
	hdrive log loss=1
	;;
*) echo "acc=0.1234567890123456 loss=1e-300" ;;
esac
END
code 0 hdrive submit sweep.yml --name first --no-smoke -- ./prog
for format in csv jsonl; do
	for metrics in wide long; do
		code 0 hdrive export first --format $format --metrics $metrics -o one
		code 0 hdrive import one --name "$format-$metrics"
		same "$(cat out)" "$format-$metrics"
		has err '63 trials$'
		code 0 hdrive export "$format-$metrics" --format $format --metrics $metrics
		cmp one out || fail "$format, $metrics: other bytes"
	done
done
same "$(find . -name '*.tmp')" ''
# What is imported is a sweep like another.
code 0 hdrive best jsonl-long --format json
hdrive best jsonl-long --format args >again
hdrive best first --format args >best
cmp again best || fail 'another best'
code 0 hdrive ls --state Completed
has out '^csv-long '
code 0 hdrive show csv-long 4
has out 'note: 1 values'
code 0 hdrive doctor
hasnt out 'folder is gone'
code 1 hdrive resume csv-long
has err "'csv-long' was imported"
sound
# Reading it, a shell sees JSON's own null for what is absent.
code 0 hdrive export first --format jsonl
/usr/bin/python3 - <<'END' || fail 'no JSON lines, or no CSV'
import csv, json
lines = [json.loads(line) for line in open("out")]
assert len(lines) == 63 and [x["trial"] for x in lines] == list(range(63))
assert {"n", "opt", "model"} <= set(lines[0]["params"])
assert sum("C" in x["params"] for x in lines) == 42
open("x.csv", "w").close()
END
code 0 hdrive export first
/usr/bin/python3 - <<'END' || fail 'no CSV that Python reads'
import csv
rows = list(csv.DictReader(open("out", newline="")))
assert len(rows) == 63
assert {row["params.opt"] for row in rows} == {
    "a, b", 'x"y\nz', "007", '"1"', '"true"', '""', " \u00e9 "}
assert list(rows[0])[:8] == ["trial", "state", "end", "detail", "started", "ended",
                             "objective", "value"]
END
