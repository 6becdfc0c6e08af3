#!/bin/sh
# hdrive ui --allow-actions: its own page, or who has the token, cancels, retries,
# enqueues and changes limits, as the commands do, with an engine and without.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
go=$PWD/go
cat >train.sh <<-SH
	echo acc=1
	until [ -e $go ]; do sleep 0.05; done
SH
sweep total=3 concurrent=2
code 0 hdrive submit sweep.yml --detach --name acted-1 -- sh "$PWD/train.sh" >/dev/null
hdrive ui --allow-actions >told 2>err.ui &
ui=$!
trap 'kill $ui 2>/dev/null || :; touch go' EXIT
within 20 grep -q TOKEN told
address=$(head -n 1 told) python3 - <<-'PY' || fail "$(cat err.ui)"
	import os
	import sys
	import time
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from uirest import COOKIE, ORIGIN, ask, get, post, refused

	def state(number):
	    return get("sweeps/acted-1/trials/%d" % number)["state"]
	def within(holds):
	    end = time.monotonic() + 30
	    while not holds():
	        assert time.monotonic() < end
	        time.sleep(0.05)

	assert get("version")["actions"] is True
	at = "sweeps/acted-1/"
	within(lambda: get("sweeps/acted-1")["counts"]["Running"] == 2)

	# Who may: our own page with its cookie, or the token.
	ours = {"token": None, "Cookie": COOKIE, "Origin": ORIGIN,
	        "Sec_Fetch_Site": "same-origin"}
	assert post(at + "limits", {"max_total_runs": 4}, **ours)[0] == 200
	for other in ({"Origin": "http://evil.example"}, {"Origin": "null"},
	              {"Origin": ORIGIN + "1"}, {"Sec_Fetch_Site": "cross-site"},
	              {"Sec_Fetch_Site": "same-site"}, {"Content_Type": "text/plain"}):
	    status, said = post(at + "limits", {"max_total_runs": 9}, **{**ours, **other})
	    assert status in (400, 401, 403), (other, status, said)
	no_origin = {k: v for k, v in ours.items() if k != "Origin"}
	assert post(at + "cancel", {}, **no_origin)[0] == 403
	assert post(at + "cancel", {}, token="x")[0] == 401
	assert post(at + "cancel", {}, token=None)[0] == 401

	# What is wrong changes nothing.
	for verb, body in (("cancel", ""), ("cancel", "[]"), ("cancel", "{"),
	                   ("cancel", {"trials": []}), ("cancel", {"trials": [-1]}),
	                   ("cancel", {"trials": ["0; touch x"]}), ("cancel", {"trial": [0]}),
	                   ("cancel", {"trials": [1.5]}), ("cancel", {"trials": 0}),
	                   ("retry", {}), ("retry", {"trials": [True]}),
	                   ("enqueue", {}), ("enqueue", {"parameters": [1]}),
	                   ("enqueue", {"parameters": {"--nothing": 1}}),
	                   ("limits", {}), ("limits", {"max_total_runs": 0}),
	                   ("limits", {"max_total_runs": "9"}), ("limits", {"held": 1}),
	                   ("limits", {"max_duration_minutes": -1})):
	    status, said = post(at + verb, body)
	    assert status == 400 and said["error"]["code"] == "HD_EINVAL", (verb, body, said)
	    assert said["error"]["message"], (verb, body)
	assert post("sweeps/none/cancel", {})[0] == 404
	assert post(at + "else", {})[0] == 405
	assert post(at + "cancel", b"{" + b" " * (2 << 20) + b"}")[0] == 413
	assert get("sweeps/acted-1")["counts"]["Running"] == 2

	# With an engine.
	assert post(at + "cancel", {"trials": [0]}) == (200, {"ok": True, "count": 1})
	within(lambda: state(0) == "Canceled")
	status, said = post(at + "limits", {"max_total_runs": 5, "max_duration_minutes": 90,
	                                    "held": True})
	assert status == 200 and said["after"]["max_total"] == 5, said
	assert said["after"]["max_duration"] == 5400 and said["after"]["held"] is True
	point = {"--x": get("sweeps/acted-1/columns")["values"][0][0]}
	assert point["--x"] is not None
	assert post(at + "limits", {"held": False})[0] == 200
	assert post(at + "retry", {"trials": [0]}) == (200, {"ok": True, "count": 1})
	within(lambda: state(0) != "Canceled")
	status, said = post(at + "cancel", {})
	assert status == 200 and said["count"] >= 1, said
	within(lambda: get("sweeps/acted-1")["state"] == "Canceled")
	within(lambda: not get("sweeps/acted-1")["engine_alive"])

	# Without one: said and kept for the next, or one is started.
	status, said = post(at + "limits", {"max_total_runs": 6})
	assert status == 200 and "resume" in said["message"], said
	status, said = post(at + "cancel", {})
	assert status == 200 and "nothing to cancel" in said["message"], said
	status, said = post(at + "enqueue", {"parameters": point})
	assert status in (200, 400), said
	open("go", "w").close()
	assert post(at + "retry", {"trials": [0]})[0] == 200
	within(lambda: state(0) == "Completed")
PY
touch go
within 30 sh -c 'hdrive status acted-1 --json | grep -q "\"engine_alive\": *false"'
kill $ui
wait $ui || fail 'it was told to end, and said that it failed'
sound
