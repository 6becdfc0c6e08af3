#!/bin/sh
# hdrive ui: the API answers, compressed where that is taken, and its stream
# tells what changes while one looks, from where a client was.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
go=$PWD/go
cat >train.sh <<-SH
	echo acc=1
	until [ -e $go ]; do sleep 0.05; done
	echo acc=2
SH
sweep total=2 concurrent=2
code 0 hdrive submit sweep.yml --detach --name live-1 -- sh "$PWD/train.sh" >/dev/null
hdrive ui >told 2>err.ui &
ui=$!
trap 'touch go; kill $ui 2>/dev/null || :' EXIT
within 20 grep -q TOKEN told
address=$(head -n 1 told) python3 - <<-'PY' || fail "$(cat err.ui)"
	import gzip
	import json
	import os
	import sys
	import time
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from uirest import COOKIE, Stream, ask, get, post, refused

	assert get("version")["actions"] is False
	assert [s["name"] for s in get("sweeps")["sweeps"]] == ["live-1"]
	reply, text = ask("/api/v1/sweeps/live-1", token=None, Cookie=COOKIE)
	assert reply.status == 200 and reply.getheader("Content-Type") == "application/json"
	assert reply.getheader("Cache-Control") == "no-store"
	reply, small = ask("/api/v1/sweeps/live-1", Accept_Encoding="gzip")
	if len(text) >= 1024:
	    assert reply.getheader("Content-Encoding") == "gzip"
	    assert json.loads(gzip.decompress(small))["name"] == "live-1"
	reply, none = ask("/api/v1/sweeps/live-1", "HEAD")
	assert reply.status == 200 and not none

	assert refused("sweeps/none") == (404, "HD_ENOENT")
	assert refused("nothing") == (404, "HD_ENOENT")
	assert refused("sweeps?limit=x") == (400, "HD_EINVAL")
	assert refused("sweeps", "DELETE") == (405, "METHOD_NOT_ALLOWED")
	assert refused("sweeps", "POST", body="{}") == (405, "METHOD_NOT_ALLOWED")
	assert refused("sweeps", token="x") == (401, "UNAUTHENTICATED")
	assert refused("sweeps", Host="evil.example") == (403, "PERMISSION_DENIED")
	assert refused("stream?sweep=none") == (404, "HD_ENOENT")
	# Nothing can be changed, by whoever asks.
	assert post("sweeps/live-1/cancel", {})[0] == 403
	assert refused("sweeps/live-1/cancel") == (405, "METHOD_NOT_ALLOWED")

	stream, listed = Stream("stream?sweep=live-1"), Stream("stream")
	assert stream.reply.getheader("Content-Type") == "text/event-stream"
	assert stream.until("sweep")["state"] == "Running"
	assert [s["name"] for s in listed.until("sweeps")["sweeps"]] == ["live-1"]
	# Whether before or after what else there was to tell.
	while not stream.last:
	    stream.next()
	epoch, _, seq = stream.last.partition("-")
	open("go", "w").close()
	seen, state = {}, ""
	while sorted(seen) != [0, 1] or state != "Completed" or \
	        any(row["state"] != "Completed" for row in seen.values()):
	    name, data = stream.next()
	    if name == "sweep":
	        state = data["state"]
	    elif name == "trials":
	        seen.update((row["number"], row) for row in data["rows"])
	assert seen[0]["value"] == 2 and seen[0]["intervals"] == 2
	listed.until("sweeps", lambda data: data["sweeps"][0]["state"] == "Completed")

	# From where one was: all that came since, at once.
	again = Stream("stream?sweep=live-1", Last_Event_ID="%s-%s" % (epoch, seq))
	rows = again.until("trials")["rows"]
	assert {row["state"] for row in rows} == {"Completed"}
	while not again.last:
	    again.next()
	assert int(again.last.partition("-")[2]) > int(seq)
	# What is not known begins anew.
	for since in ("0000000000000000-7", "x", "-" * 300, "%s-99999" % epoch):
	    lost = Stream("stream?sweep=live-1&since=" + since)
	    assert lost.next()[0] == "reset", since
	    lost.close()
	for each in (stream, listed, again):
	    each.close()
	# One that went away ends nothing.
	assert get("sweeps/live-1")["state"] == "Completed"
PY
kill $ui
wait $ui || fail 'it was told to end, and said that it failed'
sound
