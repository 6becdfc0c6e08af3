#!/bin/sh
# A trial's MLflow server answers nobody without the token, no page of another
# name, nothing too long, and gives and takes nothing outside the outputs.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
cat >train.py <<-'PY'
	import base64
	import os
	import sys
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from mlrest import PORT, RUN, TOKEN, api, ask, post, raw, refused

	here = "/api/2.0/mlflow/runs/get?run_id=" + RUN
	log = "/api/2.0/mlflow/runs/log-metric"
	value = {"run_id": RUN, "key": "acc", "value": 1, "timestamp": 1}

	# The token, and nothing like it.
	for token in (None, "x", TOKEN[:-1], TOKEN + "0", TOKEN.upper()):
	    assert refused("GET", here, token=token)[0] == 401, token
	    assert refused("POST", log, value, token=token)[0] == 401
	    assert refused("PUT", "/api/2.0/mlflow-artifacts/artifacts/" + RUN +
	                   "/x", b"x" * 9000, token=token)[0] == 401
	def basic(user, password):
	    text = base64.b64encode((user + ":" + password).encode()).decode()
	    return ask("GET", here, token=None,
	               headers=[("Authorization", "Basic " + text)])[0]
	assert basic("hdrive", TOKEN) == 200
	assert basic("hdrive", "x") == 401
	assert basic(TOKEN, "") == 401
	assert refused("GET", here + "&token=" + TOKEN, token=None)[0] == 401

	# Names under which a page elsewhere could have its visitors come.
	for host in ("evil.example", "evil.example:%d" % PORT, "127.0.0.1",
	             "127.0.0.1:1", "localhost", "127.0.0.1.evil:%d" % PORT, ""):
	    assert refused("GET", here, headers=[("Host", host)]) == \
	        (403, "PERMISSION_DENIED"), host
	assert ask("GET", here, headers=[("Host", "LocalHost:%d" % PORT)])[0] == 200
	head = "GET %s HTTP/1.1\r\nAuthorization: Bearer %s\r\nConnection: close\r\n" \
	    % (here, TOKEN)
	ours = "Host: 127.0.0.1:%d\r\n" % PORT
	assert b" 200 " in raw((head + ours + "\r\n").encode())
	assert b" 200 " not in raw((head + "\r\n").encode())
	assert b" 200 " not in raw((head + ours + ours + "\r\n").encode())

	# Bodies: too long, said to be, in pieces, none, not JSON, deep, odd.
	long = b'{"key": "' + b"x" * (5 << 20) + b'"}'
	post = "POST %s HTTP/1.1\r\nAuthorization: Bearer %s\r\n%s" \
	    % (log, TOKEN, ours)
	assert b" 413 " in raw((post + "Content-Length: 99999999999\r\n\r\n").encode())
	pieces = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in
	                  [long[i:i + 60000] for i in range(0, len(long), 60000)])
	assert b" 413 " in raw((post + "Transfer-Encoding: chunked\r\n\r\n").encode() +
	                       pieces + b"0\r\n\r\n")
	for body in (b"", b"{", b"[]", b"1", b"\0", b'{"a":' * 50000, b"[" * 300000,
	             b'{"key":"\\u0000"}', b"\xff\xfe", b'{"key":"acc"}',
	             b'{"key":"acc","value":{},"timestamp":1}',
	             b'{"key":"acc","value":"1x","timestamp":1}',
	             b'{"key":"","value":1}', b'{"key":"a\\nb","value":1}'):
	    assert refused("POST", log, body)[0] == 400, body
	for wrong in ({"key": "a\u0000b"}, {"key": "x" * 300}, {"value": "1e"},
	              {"step": 1.5}, {"run_id": "nobody"}, {"run_id": "../0"}):
	    assert refused("POST", log, dict(value, **wrong))[0] in (400, 404), wrong
	assert refused("POST", "/api/2.0/mlflow/runs/log-batch", {
	    "run_id": RUN, "metrics": [{"key": "m", "value": 1}] * 1001})[0] == 400
	# One bad value in a batch: nothing of it is written.
	assert refused("POST", "/api/2.0/mlflow/runs/log-batch", {
	    "run_id": RUN, "metrics": [{"key": "half", "value": 1},
	                               {"key": "half", "value": "x"}]})[0] == 400

	# Places outside: up, absolute, escaped, through links.
	outputs = os.environ["HDRIVE_OUTPUTS"]
	with open("secret", "w") as file:
	    file.write("secret")
	os.symlink("../secret", outputs + "/link")
	os.symlink("/", outputs + "/root")
	os.mkfifo(outputs + "/pipe")
	for path in ("../secret", "..%2fsecret", "%2e%2e/secret", "a/../../secret",
	             "a/%2E%2E/%2E%2e/secret", "/etc/passwd", "%2fetc/passwd", "link",
	             "root/etc/passwd", "pipe", ".", "..", "", "a//b", "x%00y",
	             "%c0%ae%c0%ae/secret", "..%5csecret%00", "%zz", "%", "a/.",
	             "link/x", "d" * 300, "a/" * 100 + "b"):
	    for method, data in (("GET", None), ("PUT", b"evil")):
	        for id in (RUN, RUN + "%2f.."):
	            status, text = ask(method, "/api/2.0/mlflow-artifacts/artifacts/" +
	                               id + "/" + path, data)
	            # A link is replaced by what is put in its place, never followed.
	            if method == "PUT" and id == RUN and path in ("link", "pipe",
	                                                          "..%5csecret"):
	                continue
	            assert 400 <= status < 500, (method, path, status, text)
	            assert b"secret\"" not in text and b"root:" not in text
	for path in ("..", "../..", "/", "/etc", "root", "a/../..", "%2e%2e", "link"):
	    status, text = ask("GET", "/api/2.0/mlflow/artifacts/list?run_id=" + RUN +
	                       "&path=" + path)
	    assert status >= 400 or b'"files":[]' in text or b'"path":"/' not in text
	    assert b"passwd" not in text and b"metrics" not in text, (path, text)
	    status, text = ask("GET", "/api/2.0/mlflow-artifacts/artifacts?path=" +
	                       RUN + "/" + path)
	    assert b"passwd" not in text and b"stdout" not in text, (path, text)
	with open("secret") as file:
	    assert file.read() == "secret"
	assert ask("DELETE", "/api/2.0/mlflow-artifacts/artifacts/" + RUN + "/x")[0] == 501

	# What is no request, and what never becomes one.
	for text in (b"", b"GET", b"\0\0\0\0\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
	             b"A" * 100000, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20000):
	    raw(text + b"\r\n\r\n", 0.3)
	half = [raw((post + "Content-Length: 50\r\n\r\n{").encode(), 0.05)
	        for _ in range(20)]
	assert refused("GET", "/api/2.0/mlflow/nothing")[0] == 404
	assert refused("DELETE", log)[0] in (400, 405)
	assert ask("GET", "/")[0] == 404
	assert ask("POST", log, value)[0] == 200
	assert api("GET", "runs/get?run_id=" + RUN)["run"]["data"]["metrics"] == \
	    [{"key": "acc", "value": 1, "timestamp": 1, "step": 0}]
PY
sweep total=1
code 0 hdrive submit sweep.yml -- sh -c 'python3 train.py'
code 0 hdrive metrics @ --json
same "$(tr -d ' \n' <out | grep -o '{"acc":.*' | tr -d '}')" '{"acc":[1]'
[ -z "$(find .hdrive -name '.hdrive-*')" ] || fail 'a draft was left'
sound
