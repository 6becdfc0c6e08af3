#!/bin/sh
# hdrive ui: what a trial made is given to be saved, never shown as a page of
# ours, and nothing that lies elsewhere is given at all.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
cat >train.sh <<-'SH'
	echo acc=1
	cd "$HDRIVE_OUTPUTS"
	echo '<b>&</b>' >'a b.html'
	mkdir deep
	printf '%s' "$(seq 100000)" >deep/many
	ln -s /etc/passwd link
	ln -s .. up
	: >"$(printf 'x\r\nSet-Cookie: y=1\r\n.txt')"
	printf 'bytes \377 of no text\n' >&2
	seq -s '' 50000
SH
sweep total=1
code 0 hdrive submit sweep.yml --name made-1 -- sh "$PWD/train.sh"
hdrive ui >told 2>err.ui &
ui=$!
trap 'kill $ui 2>/dev/null || :' EXIT
within 20 grep -q TOKEN told
address=$(head -n 1 told) python3 - <<-'PY' || fail "$(cat err.ui)"
	import gzip
	import os
	import sys
	import urllib.parse
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from uirest import ask, get

	at = "sweeps/made-1/trials/0/"
	def file(name, **more):
	    return ask("/api/v1/" + at + "files/" + urllib.parse.quote(name), **more)

	reply, text = file("outputs/a b.html")
	assert reply.status == 200 and text == b"<b>&</b>\n", (reply.status, text)
	assert reply.getheader("Content-Type") == "application/octet-stream"
	assert reply.getheader("Content-Disposition") == \
	    "attachment; filename*=UTF-8''a%20b.html"
	assert reply.getheader("Content-Security-Policy").startswith("sandbox;")
	assert reply.getheader("X-Content-Type-Options") == "nosniff"
	reply, text = file("outputs/deep/many")
	assert text.split() == [b"%d" % i for i in range(1, 100001)]
	reply, none = file("outputs/deep/many", method="HEAD")
	assert int(reply.getheader("Content-Length")) == len(text) and not none
	# A name cannot be more than a name.
	(odd,) = [f["name"] for f in get(at + "files?in=outputs")["files"] if "\n" in f["name"]]
	reply, _ = file("outputs/" + odd)
	assert reply.status == 200 and reply.getheader("Set-Cookie") is None
	names = {f["name"] for f in get(at + "files?in=outputs")["files"]}
	assert names >= {"a b.html", "deep"} and not names & {"link", "up"}, names

	for name in ("outputs/link", "outputs/up/stdout", "../../../hdrive.db", "outputs/../../x",
	             "/etc/passwd", "outputs//deep/many", "outputs/", "outputs", ".", "", "\0"):
	    reply, text = file(name)
	    assert reply.status in (400, 404), (name, reply.status, text)
	log = get(at + "log?stream=stderr&from=-1000")
	assert log["text"] == "bytes \ufffd of no text\n", log
	# The same large answer again, and others that are as long.
	for start in (20, 20, 21, 20, 21, 21):
	    part = "/api/v1/" + at + "log?limit=150000&from=%d" % start
	    _, plain = ask(part)
	    reply, small = ask(part, Accept_Encoding="gzip")
	    assert reply.getheader("Content-Encoding") == "gzip" and len(plain) > 150000
	    assert gzip.decompress(small) == plain
PY
kill $ui
wait $ui || fail 'it was told to end, and said that it failed'
sound
