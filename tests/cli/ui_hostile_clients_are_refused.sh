#!/bin/sh
# Who sends slowly, too much, too little, nonsense, or from too many connections
# gets a refusal or is let go, and everybody else is served meanwhile.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
sweep total=1
code 0 hdrive submit sweep.yml --name shown-1 -- sh -c 'echo acc=1'
# A fiftieth of the time that they usually have.
"$TEST_BUILD/hdrive-ui" -t 0.02 "$PWD/.hdrive/hdrive.db" '' 127.0.0.1 0 >told 2>err.ui &
ui=$!
trap 'kill $ui 2>/dev/null || :' EXIT
within 20 grep -q TOKEN told
address=$(head -n 1 told) python3 - <<-'PY' || fail "$(cat err.ui)"
	import os
	import random
	import socket
	import sys
	import time
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from uirest import AT, COOKIE, TOKEN, ask, get

	HOST = "Host: %s:%d\r\n" % (AT.hostname, AT.port)
	BEARER = "Authorization: Bearer %s\r\n" % TOKEN

	def connect():
	    return socket.create_connection((AT.hostname, AT.port), timeout=60)
	def status(text):
	    """Of the answer to TEXT; 0 when the connection is closed instead."""
	    with connect() as link:
	        try:
	            link.sendall(text if isinstance(text, bytes) else text.encode())
	            back = link.recv(64)
	        except OSError:
	            return 0
	    return int(back.split()[1]) if back.startswith(b"HTTP/1.") else 0
	def serves():
	    assert get("version")["schema"]

	good = "GET /api/v1/version HTTP/1.1\r\n" + HOST + BEARER
	assert status(good + "\r\n") == 200
	# Too large: its head, a line of it, what it claims to send.
	many = "".join("X-%d: y\r\n" % i for i in range(20000))
	assert status(good + "X: " + "x" * 100000 + "\r\n\r\n") in (0, 413, 431)
	assert status(good + many + "\r\n") in (0, 413, 431)
	tail = " HTTP/1.1\r\n" + HOST + BEARER + "\r\n"
	assert status("GET /" + "a" * 100000 + tail) in (0, 400, 414)
	assert status("GET /?" + "a=b&" * 6000 + tail) in (0, 400, 414)
	post = "POST /api/v1/sweeps/shown-1/cancel HTTP/1.1\r\n" + HOST + BEARER
	assert status(post + "Content-Length: 99999999999\r\n\r\n") == 413
	assert status(post + "Content-Length: -1\r\n\r\n") in (0, 400)
	assert status(post + "Content-Length: x\r\n\r\n") in (0, 400)
	chunk = "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"
	assert status(post + chunk) in (0, 400, 413)
	# Two hosts, none, another one; other words than HTTP's.
	evil = "Host: evil.example\r\n"
	assert status("GET / HTTP/1.1\r\n" + HOST + evil + BEARER + "\r\n") == 403
	assert status("GET / HTTP/1.1\r\n" + BEARER + "\r\n") in (400, 403)
	assert status("GET / HTTP/1.1\r\n" + evil + BEARER + "\r\n") == 403
	for text in ("\r\n\r\n\r\n", "GET\r\n\r\n", "\0" * 5000 + "\r\n\r\n",
	             "GET / HTTP/9.9\r\n\r\n",
	             "GET http://evil.example/ HTTP/1.1\r\n" + HOST + BEARER + "\r\n",
	             "CONNECT evil.example:80 HTTP/1.1\r\n" + HOST + BEARER + "\r\n",
	             "OPTIONS * HTTP/1.1\r\n" + HOST + BEARER + "\r\n",
	             "TRACE / HTTP/1.1\r\n" + HOST + BEARER + "\r\n",
	             "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"):
	    assert status(text + "\r\n") in (0, 400, 403, 404, 405, 501, 505), text[:40]
	# Ways out of the folder, in each spelling.
	for path in ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%252f", "..\\", "%c0%ae%c0%ae/"):
	    for start in ("/", "/api/v1/sweeps/shown-1/trials/0/files/",
	                  "/api/v1/sweeps/shown-1/trials/0/files/outputs/"):
	        reply, text = ask(start + path * 6 + "hdrive.db")
	        assert reply.status in (400, 404) and b"SQLite" not in text, (start, path)
	# The token in any other place.
	for cookie in ("hdrive-%d=" % AT.port, COOKIE[:-1], COOKIE + "0",
	               COOKIE.replace("=", ":"), "x" * 20000, TOKEN):
	    reply, _ = ask("/api/v1/version", token=None, Cookie=cookie)
	    assert reply.status in (401, 413, 431), cookie
	serves()

	# Noise, by a seed that is told when it finds something.
	seed = random.randrange(1 << 30)
	rng = random.Random(seed)
	for _ in range(100):
	    text = bytearray((good + "\r\n").encode())
	    for _ in range(rng.randrange(1, 9)):
	        text[rng.randrange(len(text))] = rng.randrange(256)
	    with connect() as link:
	        try:
	            link.sendall(text)
	            link.shutdown(socket.SHUT_WR)
	            while link.recv(65536):
	                pass
	        except OSError:
	            pass
	    serves()

	# Slow: a byte now and then is not enough, of a head or of a body, nor is it
	# to take an answer; nor does it do to say nothing at all.
	def lasts(begin, then):
	    with connect() as link:
	        link.sendall(begin.encode())
	        link.settimeout(0.1)
	        end = time.monotonic() + 60
	        while time.monotonic() < end:
	            try:
	                link.sendall(then)
	                if link.recv(1) == b"":
	                    return
	            except socket.timeout:
	                pass
	            except OSError:
	                return
	        raise AssertionError("still there: " + begin[:20])
	lasts("GET / HTTP/1.1\r\nX: ", b"x")
	lasts(post + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n", b" ")
	lasts("", b"")
	serves()

	# As many as there are: those who come later wait, and are served then.
	crowd = []
	for _ in range(900):
	    crowd.append(connect())
	serves()
	for link in crowd:
	    link.close()
	serves()
PY
kill $ui
wait $ui || fail 'it was told to end, and said that it failed'
same "$(cat err.ui)" ''
sound
