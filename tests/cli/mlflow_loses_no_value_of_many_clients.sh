#!/bin/sh
# Four clients at once, each request a connection of its own, with a second
# sweep running: every value is stored once.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
cat >train.py <<-'PY'
	import os
	import sys
	import threading
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from mlrest import post

	failed = []

	def client(number):
	    try:
	        for step in range(200):
	            post("runs/log-metric", key="acc", value=number * 1000 + step,
	                 timestamp=1, step=step)
	    except Exception as error:
	        failed.append(error)

	threads = [threading.Thread(target=client, args=(n,)) for n in range(4)]
	for thread in threads:
	    thread.start()
	for thread in threads:
	    thread.join()
	assert not failed, failed
PY
sweep total=2 concurrent=2
hdrive submit sweep.yml --db beside.db --name beside-1 -- \
	sh -c 'for i in 1 2 3 4 5; do echo acc=$i; sleep 0.1; done' \
	>/dev/null 2>&1 &
code 0 hdrive submit sweep.yml --no-smoke -- python3 "$PWD/train.py"
wait $! || fail 'the sweep beside it failed'
code 0 hdrive metrics @ --json
python3 - <<-'PY'
	import json
	want = sorted(n * 1000 + step for n in range(4) for step in range(200))
	kept = json.load(open("out"))
	assert len(kept) == 2
	for values in kept.values():
	    assert sorted(values["acc"]) == want
	    # Those of one client in the order in which it sent them.
	    for n in range(4):
	        mine = [v for v in values["acc"] if v // 1000 == n]
	        assert mine == sorted(mine)
PY
sound
