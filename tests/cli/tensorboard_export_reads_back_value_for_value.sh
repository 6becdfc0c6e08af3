#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# What an independent reader finds in the event files is what the store has:
# parameters of each kind, domains, every number with its step and time, ends.
cat >sweep.yml <<'YML'
sampling:
  type: random
  parameter_space:
  - {name: --lr, expression: loguniform, values: [-7, 0]}
  - {name: --n, expression: randint, values: [9]}
  - {name: --q, expression: quniform, values: [0, 4, 0.5]}
  - {name: --mu, expression: normal, values: [0, 1]}
  - {name: --opt, expression: choice, values: [adam, "<b>sgd", "0"]}
  - {name: --flag, expression: choice, values: [true, false]}
  - {name: --k, expression: choice, values: [2, 4.5]}
  - {name: --mixed, expression: choice, values: [1, none, 2.5, true]}
  - name: --model
    expression: choice
    values: [flat, {deep: {layers: {expression: randint, values: [3]}}}]
primary_metric_name: loss
primary_metric_goal: minimize
max_total_runs: 12
max_concurrent_runs: 2
YML
script prog <<'END_PROG'
printf '{"name": "loss", "value": 0.1, "step": 5}\n{"name": "loss", "value": -1e300, "step": 9}
{"name": "acc", "value": 0.3333333333333333}\n{"name": "acc", "value": NaN}
{"name": "top/val", "value": Infinity, "step": -3}\n{"name": "note", "text": "words"}
' >>"$HDRIVE_METRICS"
[ "$HDRIVE_TRIAL" != 3 ]
END_PROG
code 0 hdrive submit sweep.yml --seed 7 --name first --no-smoke -- ./prog
code 0 hdrive export first --tensorboard board/
same "$(cat out)" board/
same "$(find . -name '*.tmp')" ''
code 0 hdrive export first --format jsonl --metrics long
mv out lines
/usr/bin/python3 "$TEST_ROOT/tests/support/tfevents.py" read board >events
# And so it is by the parser of who made the format, where it is installed.
if /usr/bin/python3 -c 'import google.protobuf' 2>no-parser; then
	/usr/bin/python3 "$TEST_ROOT/tests/support/tfproto.py" board >others
	same "$(cat others)" "$(cat events)"
fi
cat >check.py <<'PY'
import datetime, json, math
def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
def near(a, b):
    return abs(a - b) < 1e-6
events = [json.loads(line) for line in open("events")]
lines = [json.loads(line) for line in open("lines")]
head = [e for e in events if e["run"] == "."]
assert len(head) == 1 and head[0]["experiment"] == "first", head
assert head[0]["description"].startswith("minimize loss, sampler random")
params = {p["name"]: p for p in head[0]["params"]}
assert list(params) == "lr n q mu opt flag k mixed model layers".split(), list(params)
assert head[0]["metrics"] == ["loss", "acc", "top/val"], head[0]["metrics"]
assert params["lr"]["type"] == 3
assert near(params["lr"]["interval"][0], math.exp(-7)) and params["lr"]["interval"][1] == 1
assert params["n"]["interval"] == [0, 8] and params["q"]["interval"] == [0, 4]
assert params["layers"]["interval"] == [0, 2]
assert params["mu"] == {"name": "mu", "type": 3}
assert params["opt"]["discrete"] == ["adam", "<b>sgd", "0"] and params["opt"]["type"] == 1
assert params["flag"]["discrete"] == [True, False] and params["flag"]["type"] == 2
assert params["k"]["discrete"] == [2, 4.5] and params["k"]["type"] == 3
assert params["mixed"]["discrete"] == ["1", "none", "2.5", "True"] and params["mixed"]["type"] == 1
assert params["model"]["discrete"] == ["flat", "deep"]
assert len(lines) == 12
for line in lines:
    mine = [e for e in events if e["run"] == "%06d" % line["trial"]]
    start, end = mine[0], mine[-1]
    want = {name: value for name, value in line["params"].items()}
    mixed = want["mixed"]
    want["mixed"] = str(mixed)
    assert start["tag"] == "_hparams_/session_start_info" and start["start"] == want, start
    assert all(type(start["start"][n]) in (float, str, bool) for n in want)
    assert start["group"] == "first/%d" % line["trial"]
    assert near(start["time"], seconds(line["started"]))
    assert end["tag"] == "_hparams_/session_end_info"
    assert end["end"] == (2 if line["trial"] == 3 else 1)
    assert near(end["time"], seconds(line["ended"]))
    got = [(e["tag"], e["value"], e["step"]) for e in mine[1:-1]]
    assert got == [("loss", 0.1, 5), ("loss", -1e300, 9), ("acc", 1 / 3, 0),
                   ("acc", "nan", 1), ("top/val", "inf", -3)], got
    times = [seconds(l["time"]) for l in line["logged"] if l["metric"] != "note"]
    assert all(near(e["wall"], t) for e, t in zip(mine[1:-1], times))
assert any("layers" not in l["params"] for l in lines)
PY
/usr/bin/python3 check.py || fail 'the event files differ'
