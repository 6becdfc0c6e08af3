#!/bin/sh
# hdrive export --html: the page with what the API answers inside, in one file,
# whole or not there, in which nothing of a sweep is more than text.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
cat >sweep.yml <<'END'
sampling:
  type: grid
  parameter_space:
  - name: --t
    expression: choice
    values: ["</script><script>alert(1)</script>", "<!--\u2028\u2029"]
primary_metric_name: acc
primary_metric_goal: maximize
max_total_runs: 2
END
cat >train.sh <<'SH'
echo acc=1
echo acc=2
echo '</script><img src=x onerror=alert(1)>' >&2
exit "$HDRIVE_TRIAL"
SH
code 0 hdrive submit sweep.yml --name told-1 -- sh "$PWD/train.sh"
sweep total=1
code 0 hdrive submit sweep.yml --name other-1 -- sh -c 'echo acc=1'

code 0 hdrive export told-1 --html report.html
same "$(cat out)" report.html
code 0 hdrive export told-1 --html -
[ -s out ] || fail 'nothing on standard output'
python3 - <<-'PY'
	import base64
	import hashlib
	import json
	import re

	text = open("report.html", encoding="utf-8", newline="").read()
	# All elements that may run or load: four of ours, and what they hold.
	assert len(re.findall("<script", text)) == 3 and len(re.findall("<style", text)) == 1
	assert len(re.findall("</script", text)) == 3 and "<!--" not in text
	assert " onerror" not in re.sub(r"<script.*?</script>", "", text, flags=re.S)
	assert not re.search(r'(src|href)="(?!data:|#)', text.split("<script")[0])
	assert "\u2028" not in text.split("</script>")[0]
	data, rest, script = re.findall(r"<script[^>]*>(.*?)</script>", text, re.S)
	(style,) = re.findall(r"<style>(.*?)</style>", text, re.S)
	(policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
	policy = dict(p.split(" ", 1) for p in policy.split("; "))
	def hashed(part):
	    digest = hashlib.sha256(part.encode()).digest()
	    return "'sha256-%s'" % base64.b64encode(digest).decode()
	assert policy == {
	    "default-src": "'none'", "img-src": "data:", "base-uri": "'none'",
	    "form-action": "'none'", "style-src": hashed(style),
	    "script-src": hashed(script) + " " + hashed(rest)}

	answers = json.loads(data)
	at = "/api/v1/sweeps/told-1"
	assert answers["/api/v1/version"]["actions"] is False
	assert [s["name"] for s in answers["/api/v1/sweeps"]["sweeps"]] == ["told-1"]
	assert answers[at]["state"] and "told-1" not in str(answers.get("x"))
	for part in ("/config", "/columns", "/attempts", "/importance", "/decisions"):
	    assert at + part in answers, part
	curves = answers[at + "/curves?metric=acc&trials=best:100&points=300"]["curves"]
	assert sorted(c["trial"] for c in curves) == [0, 1]
	values = answers[at + "/columns"]["parameters"][0]["values"]
	assert values == ["</script><script>alert(1)</script>", "<!--\u2028\u2029"], values
	for number in (0, 1):
	    assert answers[at + "/trials/%d" % number]["number"] == number
	    metrics = answers[at + "/trials/%d/metrics?points=300" % number]["metrics"]
	    assert metrics[0]["y"] == [1, 2]
	logs = [key for key in answers if "/log?" in key]
	assert logs == [at + "/trials/1/log?stream=stderr&from=-4096"], logs
	assert answers[logs[0]]["text"] == "</script><img src=x onerror=alert(1)>\n"
	assert answers["/api/v1/report"]["trials"] == answers["/api/v1/report"]["details"] == 2
	assert "other-1" not in text
PY

# Whole, or as it was.
code 3 hdrive export none --html x.html
code 3 hdrive export told-1 --html nowhere/x.html
has err "cannot write 'nowhere/x.html'"
code 1 hdrive export told-1 --html .
code 2 hdrive export told-1 --html x.html --optuna y.db
code 2 hdrive export told-1 other-1 --html x.html
[ ! -e x.html ] || fail 'something was written'
if [ -e /dev/full ]; then
	got=0
	hdrive export told-1 --html - >/dev/full 2>err || got=$?
	same "$got" 1
	has err 'cannot write to standard output: No space left'
fi
before=$(cksum <report.html)
(
	# The page alone is larger, what SQLite writes to read is not.
	ulimit -f 160
	trap '' XFSZ
	code 1 hdrive export told-1 --html report.html
)
has err "cannot write 'report.html': File too large"
same "$(cksum <report.html)" "$before"
same "$(find . -name '*.tmp')" ''
sound
