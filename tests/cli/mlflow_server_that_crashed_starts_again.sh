#!/bin/sh
# The server is killed: the next request starts another, which knows all that
# the first did. No more than one runs, and only where a client has knocked.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
cat >train.py <<-'PY'
	import os
	import signal
	import sys
	import time
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from mlrest import RUN, ask, api, post

	def servers():
	    found = []
	    for pid in os.listdir("/proc"):
	        try:
	            with open("/proc/%s/stat" % pid) as file:
	                text = file.read()
	        except OSError:
	            continue
	        name, rest = text[text.index("("):].rsplit(")", 1)
	        if name == "(hdrive-mlflow" and rest.split()[1] == str(os.getppid()):
	            found.append(int(pid))
	    return found

	assert servers() == []
	post("runs/set-tag", key="before", value="yes")
	post("runs/log-parameter", key="p", value="1")
	for turn in range(3):
	    (server,) = servers()
	    os.kill(server, signal.SIGKILL)
	    while server in servers():
	        time.sleep(0.01)
	    # It answers within what a client's own repetition bears.
	    post("runs/log-metric", key="acc", value=turn, timestamp=turn)
	    run = api("GET", "runs/get?run_id=" + RUN)["run"]["data"]
	    assert {"key": "before", "value": "yes"} in run["tags"], run
	    assert run["params"] == [{"key": "p", "value": "1"}]
	    assert ask("POST", "/api/2.0/mlflow/runs/log-parameter",
	               {"run_id": RUN, "key": "p", "value": "2"})[0] == 400
	# TERM to all of the group is none of its business.
	(server,) = servers()
	os.kill(server, signal.SIGTERM)
	post("runs/log-metric", key="acc", value=3, timestamp=3)
	assert servers() == [server]
PY
sweep total=1
code 0 hdrive submit sweep.yml -- python3 "$PWD/train.py"
code 0 hdrive show @ 0 --json
has out '"acc":\[0,1,2,3\]'
hasnt out 'left behind'
sound
