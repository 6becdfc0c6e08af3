#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Several writers at once, in logs/ and below it: their tags are metrics, below
# a folder with its name before them, at their steps; the primary one ranks.
sweep total=3 concurrent=2
sed -i 's/^primary_metric_name:.*/primary_metric_name: validation\/acc/' sweep.yml
cat >prog.py <<'PY'
import math, os, sys
sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
from tfevents import Writer
trial = int(os.environ["HDRIVE_TRIAL"])
train, valid = Writer("logs/train"), Writer("logs/validation")
top, twin = Writer("logs"), Writer("logs", "events.out.tfevents.1700000001.host.2")
for step in range(3):
    train.scalar("acc", 0.25 * step, step)
    valid.tensor("acc", 0.5 + trial + 0.125 * step, 10 * step)
    top.double("loss", 0.1 * step, step)
top.text("note", "acc=9")
top.scalar("bad\nname", 1)
top.scalar("gap", math.nan, -1)
twin.scalar("lr", 0.5, 7)
# No event files, whatever they hold.
open("logs/run.log", "w").write("validation/acc=99\n")
os.symlink("validation", "logs/again")
os.mkfifo("logs/tfevents.fifo")
os.mkdir("logs/events.out.tfevents.folder")
PY
code 0 hdrive submit sweep.yml --name board-1 -- python3 prog.py
has err '3 completed, 0 failed'
hasnt err event
code 0 hdrive metrics board-1 --csv
grep '^1,' out | cut -d , -f 3- | sort >got
sort >want <<'WANT'
gap,nan,-1,tensorboard
loss,0,0,tensorboard
loss,0.1,1,tensorboard
loss,0.2,2,tensorboard
lr,0.5,7,tensorboard
train/acc,0,0,tensorboard
train/acc,0.25,1,tensorboard
train/acc,0.5,2,tensorboard
validation/acc,1.5,0,tensorboard
validation/acc,1.625,10,tensorboard
validation/acc,1.75,20,tensorboard
WANT
cmp got want || fail "$(cat got)"
code 0 hdrive best board-1 --json
has out '"number":2'
has out '"value":2.75'
# For people with SQL they are records of the metrics file, with a rule of their own.
/usr/bin/python3 - >rows <<'PY'
import sqlite3
store = sqlite3.connect(".hdrive/hdrive.db")
print(*store.execute("SELECT DISTINCT source, rule, count(*) FROM logged"))
print(*store.execute("SELECT count(*) FROM place WHERE source > 2"))
PY
same "$(cat rows)" "('metrics', 'tensorboard', 33)
(12,)"
sound
# What was read goes out again, and is found.
code 0 hdrive export board-1 --tensorboard out-board
/usr/bin/python3 "$TEST_ROOT/tests/support/tfevents.py" read out-board >events
has events '"run": "000001", "step": 20, "tag": "validation/acc", "value": 1.75'
