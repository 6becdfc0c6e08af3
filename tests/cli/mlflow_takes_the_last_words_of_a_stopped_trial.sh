#!/bin/sh
# A trial that is asked to end may still log: its server stays for as long as
# the program does, and is not counted among what was left behind.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
cat >train.py <<-'PY'
	import os
	import signal
	import sys
	import time
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from mlrest import post

	def end(number, frame):
	    for step in range(3):
	        time.sleep(0.05)
	        post("runs/log-metric", key="acc", value=step + 1, timestamp=step)
	    post("runs/set-tag", key="ended", value="well")
	    sys.exit(0)

	signal.signal(signal.SIGTERM, end)
	post("runs/log-metric", key="acc", value=0.5, timestamp=0)
	open("begun", "w").close()
	while True:
	    time.sleep(0.05)
PY
sweep total=1
hdrive submit sweep.yml --name last-1 -- python3 "$PWD/train.py" \
	>/dev/null 2>err.engine &
within 60 test -e .hdrive/last-1/000000/work/begun
code 0 hdrive cancel last-1
wait $! || :
code 0 hdrive show @ 0 --json
has out '"acc":\[0.5,1,2,3\]'
has out '"ended":"well"'
has .hdrive/last-1/000000/exit '"stragglers":0'
sound
