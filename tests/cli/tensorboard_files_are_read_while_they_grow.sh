#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# A policy hears of them in time, as nothing else tells of the bad trials.
cat >sweep.yml <<'YML'
sampling:
  type: grid
  parameter_space:
  - {name: --x, expression: choice, values: [1, 0]}
policy: {type: BanditPolicy, slack_factor: 0.1}
primary_metric_name: acc
primary_metric_goal: maximize
max_total_runs: 2
max_concurrent_runs: 1
YML
cat >prog.py <<'PY'
import os, sys, time
sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
from tfevents import Writer
x = float(sys.argv[2])
log = Writer("logs/deep/down")
log = Writer("logs")
log.scalar("acc", x, 0)
# Half a record is no record: the bad one waits with it for its end.
if x == 0:
    log.file.write(b"\x10\0\0\0\0\0\0")
    time.sleep(300)
PY
code 0 hdrive submit sweep.yml --name grows-1 --no-smoke -- python3 prog.py
has err 'trial 1 stopped by bandit at interval 1:'
hasnt err record
code 0 hdrive show grows-1 1 --json
has out '"end_reason":"policy"'
sound
