#!/bin/sh
# hdrive ui: the printed address opens the page, by a cookie from then on; what
# it is made of comes with headers that let nothing else in.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
sweep total=1 concurrent=1
code 0 hdrive submit sweep.yml --name shown-1 -- sh -c 'echo acc=1'
hdrive ui >told 2>err.ui &
ui=$!
trap 'kill $ui 2>/dev/null || :' EXIT
within 20 grep -q TOKEN told
address=$(head -n 1 told) python3 - <<-'PY'
	import gzip
	import http.client
	import os
	import re
	import urllib.parse

	at = urllib.parse.urlsplit(os.environ["address"])
	token = at.query.partition("=")[2]

	def ask(path, method="GET", **headers):
	    link = http.client.HTTPConnection(at.hostname, at.port, timeout=20)
	    link.request(method, path, headers={
	        k.replace("_", "-"): v for k, v in headers.items()})
	    reply = link.getresponse()
	    body = reply.read()
	    link.close()
	    return reply, body

	for path in ("/", "/?token=" + token[1:], "/page.js", "/rest.js", "/api/v1/version"):
	    reply, body = ask(path)
	    assert reply.status == 401, path
	    assert b"UNAUTHENTICATED" in body and token.encode() not in body
	    # No window that asks for a password.
	    assert reply.getheader("WWW-Authenticate").startswith("Bearer")

	reply, body = ask("/?token=" + token)
	assert reply.status == 303 and reply.getheader("Location") == "/" and not body
	cookie, *marks = reply.getheader("Set-Cookie").split("; ")
	assert cookie == "hdrive-%d=%s" % (at.port, token), cookie
	assert set(marks) == {"Path=/", "HttpOnly", "SameSite=Strict"}
	assert reply.getheader("Cache-Control") == "no-store"

	reply, page = ask("/", Cookie=cookie)
	assert reply.status == 200
	assert reply.getheader("Content-Type") == "text/html; charset=utf-8"
	policy = dict(p.split(" ", 1) for p in
	              reply.getheader("Content-Security-Policy").split("; "))
	assert policy == {
	    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
	    "img-src": "'self' data:", "connect-src": "'self'",
	    "frame-ancestors": "'none'", "base-uri": "'none'", "form-action": "'none'"}
	for name, value in (("X-Content-Type-Options", "nosniff"),
	                    ("Referrer-Policy", "no-referrer"),
	                    ("Cross-Origin-Opener-Policy", "same-origin"),
	                    ("Cross-Origin-Resource-Policy", "same-origin")):
	    assert reply.getheader(name) == value, name

	# Nothing is loaded from outside, and nothing runs that is not in page.js or rest.js.
	text = page.decode()
	assert set(re.findall(r'(?:src|href)="([^"#][^":]*)"', text)) == {"page.css", "page.js"}
	assert "<style" not in text and " style=" not in text and " on" not in text
	assert re.findall(r"<script[^>]*>", text) == ['<script src="page.js" defer>']

	total = len(page)
	for path, kind in (("/page.js", "text/javascript"), ("/rest.js", "text/javascript"),
	                   ("/page.css", "text/css")):
	    reply, plain = ask(path, Cookie=cookie)
	    assert reply.status == 200 and reply.getheader("Content-Type").startswith(kind)
	    assert reply.getheader("Content-Encoding") is None
	    total += len(plain)
	    reply, small = ask(path, Cookie=cookie, Accept_Encoding="br, gzip")
	    assert reply.getheader("Content-Encoding") == "gzip"
	    assert reply.getheader("Vary") == "Accept-Encoding"
	    assert gzip.decompress(small) == plain
	    tag = reply.getheader("ETag")
	    reply, none = ask(path, Cookie=cookie, If_None_Match=tag)
	    assert reply.status == 304 and not none and reply.getheader("ETag") == tag
	    reply, none = ask(path, method="HEAD", Cookie=cookie)
	    assert reply.status == 200 and not none
	    assert int(reply.getheader("Content-Length")) == len(plain)
	    assert ask(path, method="POST", Cookie=cookie)[0].status == 405
	assert total <= 300000, total

	# Who is no browser shows the token.
	assert ask("/", Authorization="Bearer " + token)[0].status == 200
	assert ask("/", Authorization="Bearer x", Cookie=cookie)[0].status == 401
	assert ask("/page.js", Cookie=cookie, Sec_Fetch_Site="same-site")[0].status == 401
	assert ask("/page.js", Cookie=cookie, Sec_Fetch_Site="same-origin")[0].status == 200
	assert ask("/page.js", Cookie="hdrive-1=" + token)[0].status == 401
	assert ask("/page.js", Cookie=cookie, Host="evil.example:%d" % at.port)[0].status == 403
	assert ask("/page.html", Cookie=cookie)[0].status == 404
	assert ask("/../page.js", Cookie=cookie)[0].status == 404
PY
kill $ui
wait $ui || fail 'it was told to end, and said that it failed'
sound
