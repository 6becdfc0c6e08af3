#!/bin/sh
# A script that logs to MLflow runs on when the engine is killed, and what it
# logged meanwhile is there once another goes on.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
cat >train.py <<-'PY'
	import os
	import sys
	import time
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from mlrest import RUN, api, post

	post("runs/log-metric", key="acc", value=0.25, timestamp=1)
	open("begun", "w").close()
	while not os.path.exists(os.environ["PLACE"] + "/dead"):
	    time.sleep(0.02)
	post("runs/log-metric", key="acc", value=0.75, timestamp=2)
	post("runs/log-parameter", key="late", value="yes")
	run = api("GET", "runs/get?run_id=" + RUN)["run"]
	assert run["data"]["metrics"][0]["value"] == 0.75
	open(os.environ["PLACE"] + "/logged", "w").close()
PY
PLACE=$PWD
export PLACE
sweep total=1
hdrive submit sweep.yml --name dead-1 -- sh -c 'exec python3 train.py' \
	>/dev/null 2>err.engine &
engine=$!
within 60 test -e .hdrive/dead-1/000000/work/begun
kill -9 $engine
wait $engine 2>/dev/null || :
touch dead
within 60 test -e logged
code 0 hdrive resume dead-1
code 0 hdrive show @ 0 --json
has out '"acc":\[0.25,0.75\]'
has out '"late":"yes"'
has out '"state":"Completed"'
sound
