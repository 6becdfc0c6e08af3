#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
# A conditional space, a failed trial, names and values that hold markup.
cat >sweep.yml <<'EOF'
$schema: https://azuremlschemas.azureedge.net/latest/sweepJob.schema.json
type: sweep
sampling_algorithm: random
search_space:
  lr: {type: loguniform, min_value: -9, max_value: -1}
  model:
    type: choice
    values:
    - {kind: svm, C: {type: uniform, min_value: 0, max_value: 1}}
    - "</text><script>alert(1)</script>&'\""
objective: {goal: maximize, primary_metric: "a<b>&c"}
limits: {max_total_trials: 12, max_concurrent_trials: 2}
trial:
  command: ./prog
EOF
script prog <<'EOF'
n=$HDRIVE_TRIAL
for step in 1 2 3; do
	hdrive log "a<b>&c=0.$((n * 3 % 10))$step"
done
[ "$n" != 3 ]
EOF
code 0 hdrive submit sweep.yml --name shown-1 --seed 1 -- ./prog

cat >check.py <<'EOF'
import re, struct, sys, xml.dom.minidom, zlib

def svg(path, width, height):
    root = xml.dom.minidom.parse(path).documentElement
    assert root.tagName == "svg", path
    assert (root.getAttribute("width"), root.getAttribute("height")) == (width, height), path
    names = {node.tagName for node in root.getElementsByTagName("*")}
    assert names <= {"title", "desc", "rect", "path", "text", "g", "clipPath"}, names
    for node in root.getElementsByTagName("*"):
        for name, value in node.attributes.items():
            assert not name.startswith("on") and "href" not in name, (path, name)
    assert root.getElementsByTagName("title")[0].firstChild.data.startswith("shown-1: ")
    assert len(root.getElementsByTagName("text")) > 4, path

def png(path, width, height):
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    w, h, depth, colour = struct.unpack(">IIBB", data[16:26])
    assert (str(w), str(h), depth, colour) == (width, height, 8, 2), path
    parts, at = b"", 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IDAT":
            parts += data[at + 8:at + 8 + length]
        at += 12 + length
    rows = zlib.decompress(parts)
    # Not blank: what is compressed into so little has one colour.
    assert len(rows) == h * (3 * w + 1) and len(parts) > 3000, path

{"svg": svg, "png": png}[sys.argv[1]](*sys.argv[2:])
EOF
for kind in history curves parallel slice scatter importance timeline; do
	for theme in light dark; do
		code 0 hdrive plot shown-1 $kind -o $kind.svg --size 700x450 --theme $theme
		same "$(cat out err)" ''
		python3 check.py svg $kind.svg 700 450 || fail "$kind.svg"
		code 0 hdrive plot shown-1 $kind -o $kind.png --size 500x300 --theme $theme
		same "$(cat out err)" ''
		python3 check.py png $kind.png 500 300 || fail "$kind.png"
	done
	code 0 hdrive plot shown-1 $kind
	has out "^shown-1: "
	hasnt out "$(printf '\033')"
	code 0 hdrive plot shown-1 $kind --ascii --width 60
	! LC_ALL=C grep -q '[^ -~]' out || fail "$kind is not ASCII"
	! grep -q '.\{61\}' out || fail "$kind is too wide"
	code 0 hdrive plot shown-1 $kind --json
	python3 -c '
import json, sys
data = json.load(open("out"))
assert data["kind"] == sys.argv[1] and data["metric"] == "a<b>&c", data
' $kind || fail "$kind"
done
# Both ways to standard output, and what the end of a name does not tell.
code 0 hdrive plot -o - --format svg --size 700x450
mv out x.svg
python3 check.py svg x.svg 700 450
code 0 hdrive plot -o - --format png --size 500x300
mv out x.png
python3 check.py png x.png 500 300
code 0 hdrive plot history -o x --format svg
has x '^<svg '
# Colours where a terminal takes them, and none where they are not wanted.
for setting in NO_COLOR= NO_COLOR=1; do
	env "$setting" TERM=xterm-256color python3 -c '
import pty
pty.spawn(["hdrive", "plot"])' >out </dev/null
	if [ "$setting" = NO_COLOR= ]; then
		has out "$(printf '\033')\[0;38;5;"
	else
		hasnt out "$(printf '\033')"
	fi
done
