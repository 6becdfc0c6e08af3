#!/bin/sh
# Two hundred clients that watch a running sweep hear of all of it, and hold
# nothing of the store meanwhile: its write-ahead log can always be emptied.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
cat >train.sh <<'SH'
for i in 1 2 3 4 5 6 7 8 9 10; do
	echo "acc=$i"
	sleep 0.01
done
SH
sweep total=1 concurrent=1
code 0 hdrive submit sweep.yml --name watched-1 -- sh "$PWD/train.sh"
hdrive ui >told 2>err.ui &
ui=$!
trap 'kill $ui 2>/dev/null || :' EXIT
within 20 grep -q TOKEN told
address=$(head -n 1 told)
export address
python3 - <<-'PY' || fail "$(cat err.ui)"
	import json
	import os
	import sqlite3
	import subprocess
	import sys
	import time
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from uirest import get

	tool = os.environ["TEST_ROOT"] + "/tests/support/watchers.py"
	room = subprocess.Popen([sys.executable, tool, "200", "stream?sweep=watched-1",
	                         '"Completed":20'],
	                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
	assert room.stdout.readline() == "watching\n"
	engine = subprocess.Popen(["hdrive", "resume", "watched-1", "--max-trials", "20",
	                           "-q", "-j", "4"], stdout=subprocess.DEVNULL,
	                          stderr=open("err.engine", "w"))
	store = sqlite3.connect(".hdrive/hdrive.db")
	# Emptied whenever it is asked for, but for the moment of a commit or a look.
	emptied = tried = 0
	while engine.poll() is None:
	    tried += 1
	    emptied += store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
	    assert os.path.getsize(".hdrive/hdrive.db-wal") < 32 << 20
	    time.sleep(0.05)
	assert engine.returncode == 0, open("err.engine").read()
	end = time.monotonic() + 60
	# It is looked at now and then.
	while get("sweeps/watched-1")["counts"]["Completed"] != 20:
	    assert time.monotonic() < end
	    time.sleep(0.05)
	while store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] != 0 or \
	        os.path.getsize(".hdrive/hdrive.db-wal"):
	    assert time.monotonic() < end, "somebody reads all the time"
	    time.sleep(0.05)
	assert emptied > 0, tried
	said, _ = room.communicate()
	assert room.returncode == 0 and json.loads(said)["closed"] == 0, said
	store.close()
PY
kill $ui
wait $ui || fail 'it was told to end, and said that it failed'
sound
