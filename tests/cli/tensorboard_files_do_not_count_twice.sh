#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# What is printed and written to an event file too is one interval, of whoever
# had it first: the script's word where both are new.
sweep total=1
cat >prog.py <<'PY'
import os, sys
sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
from tfevents import Writer
log = Writer("logs")
for step in range(4):
    log.scalar("acc", 10 + step, step)
    log.scalar("loss", 20 + step, step)
    print(f"acc={step}", flush=True)
PY
code 0 hdrive submit sweep.yml --name twice-1 -- python3 prog.py
code 0 hdrive show twice-1 0 --json
has out '"intervals":4'
code 0 hdrive best twice-1 --json
has out '"value":3'
# They are there all the same.
code 0 hdrive metrics twice-1 --csv
same "$(grep -c ',acc,1[0-3],[0-3],tensorboard' out)" 4
same "$(grep -c ',loss,2[0-3],[0-3],tensorboard' out)" 4

# First in the event file: what is printed later does not count, nor does it
# for an engine that comes after.
cat >late.py <<'PY'
import os, sys, time
sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
from tfevents import Writer
log = Writer("logs")
log.scalar("acc", 10, 0)
while not os.path.exists("../../../../go"):
    time.sleep(0.05)
print("acc=99", flush=True)
log.scalar("acc", 11, 1)
PY
hdrive submit sweep.yml --name late-1 --no-smoke -- python3 late.py >log 2>&1 &
engine=$!
seen() {
	hdrive metrics late-1 --csv | grep -q ',acc,10,0,'
}
within 60 seen
kill -9 $engine
killed $engine
touch go
code 0 hdrive resume late-1
code 0 hdrive show late-1 0 --json
has out '"intervals":2'
code 0 hdrive best late-1 --json
has out '"value":11'
code 0 hdrive metrics late-1 --csv
has out ',acc,99,,stdout'
sound
