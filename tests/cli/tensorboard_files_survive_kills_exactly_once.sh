#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# The engine is killed while event files grow: each value is there once, in
# order, and an attempt that begins anew does not get those of the one before.
sweep total=2 concurrent=2
cat >prog.py <<'PY'
import os, sys, time
sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
from tfevents import Writer
attempt = int(os.environ["HDRIVE_ATTEMPT"])
log = Writer("logs/fit", f"events.out.tfevents.{1700000000 + attempt}.host")
if os.environ["HDRIVE_TRIAL"] == "1" and attempt == 1:
    log.scalar("acc", 100, 1)
    sys.exit(3)
for step in range(500):
    log.scalar("acc", step, step)
    log.scalar("other", -step, step)
    time.sleep(0.008)
PY
sed -i 's/^primary_metric_name:.*/primary_metric_name: fit\/acc/' sweep.yml
hdrive submit sweep.yml --name kill-1 --max-restarts 1 --set restart_delay=0.1 --no-smoke -v \
	-- python3 prog.py >log 2>&1 &
engine=$!
values() {
	/usr/bin/python3 - <<-'PY'
	import sqlite3
	store = sqlite3.connect("file:.hdrive/hdrive.db?mode=ro", uri=True)
	print(*store.execute("SELECT count(*) FROM metric").fetchone())
	PY
}
more() {
	[ "$(values)" -gt "$1" ]
}
for count in 10 300; do
	within 60 more $count
	kill -9 $engine
	killed $engine
	hdrive resume kill-1 >>log 2>&1 &
	engine=$!
done
wait $engine || fail "$(cat log)"
code 0 hdrive metrics kill-1 --json
/usr/bin/python3 - <<'PY' || fail 'values were lost or came twice'
import json, sqlite3
for trial, metrics in json.load(open("out")).items():
    assert metrics == {"fit/acc": list(range(500)), "fit/other": [-s for s in range(500)]}, trial
store = sqlite3.connect(".hdrive/hdrive.db")
rows = store.execute("SELECT number, attempt, intervals, best FROM trial ORDER BY number")
assert rows.fetchall() == [(0, 1, 500, 499), (1, 2, 500, 499)]
assert store.execute("SELECT count(*), max(value) FROM past_metric").fetchall() == [(1, 100)]
PY
code 0 hdrive replay kill-1
sound
