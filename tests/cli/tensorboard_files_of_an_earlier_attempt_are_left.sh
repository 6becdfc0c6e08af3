#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# logs/ stays from one attempt to the next. What was read of it is not read
# again, by whatever engine; what is appended to it is.
sweep total=2 concurrent=2
cat >prog.py <<'PY'
import os, sys
sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
from tfevents import Writer
attempt = int(os.environ["HDRIVE_ATTEMPT"])
own = Writer("logs", f"events.out.tfevents.{1700000000 + attempt}.host")
both = Writer("logs/both")
own.scalar("acc", attempt, 10 * attempt)
both.scalar("acc", attempt, 10 * attempt)
if os.environ["HDRIVE_TRIAL"] == "1":
    open(os.environ["HDRIVE_CHECKPOINTS"] + "/model", "w").write("x")
sys.exit(attempt < 2)
PY
hdrive submit sweep.yml --name again-1 --max-failures 4 -- python3 prog.py >out 2>err || :
has err '0 completed, 2 failed'
code 0 hdrive retry again-1 --failed
has err '2 completed, 0 failed'
# Anew, and going on from a checkpoint.
code 0 hdrive metrics again-1 --csv
cut -d , -f 1,3- out | sort >got
sort >want <<'WANT'
trial,metric,value,step,source
0,acc,2,20,tensorboard
0,both/acc,2,20,tensorboard
1,acc,1,10,tensorboard
1,acc,2,20,tensorboard
1,both/acc,1,10,tensorboard
1,both/acc,2,20,tensorboard
WANT
cmp got want || fail "$(cat got)"
code 0 hdrive show again-1 1 --json
has out '"intervals":2'
sound
