#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Without a store the machine is looked at, and nothing is made.
code 0 hdrive doctor
has out '^ok       store        none yet at '
has out '^ok       launcher     .* starts$'
for what in 'file system' space clock 'open files' processes kernel GPU; do
	has out "^[a-z]*  *$what  "
done
[ ! -e .hdrive ] || fail 'doctor made a store'

sweep total=2
script prog <<'END2'
echo acc=1
END2
code 0 hdrive submit sweep.yml --name brave-otter-1 -- ./prog
code 0 hdrive doctor
has out '^ok       store        .* is whole: .*, 1 sweep$'
has out '^ok       sweeps       1 looked at, with their folders; 0 under way$'
code 0 hdrive doctor -q
hasnt out '^ok'
code 0 hdrive doctor --json
/usr/bin/python3 - <<'END2' || fail 'not the JSON that is promised'
import json
said = json.load(open("out"))
assert said["problems"] == 0 and said["mended"] == 0
assert [c["found"] for c in said["checks"] if c["what"] == "schema"]
assert all(set(c) == {"health", "what", "found", "right"} for c in said["checks"])
assert all((c["right"] is None) == (c["health"] == "ok") for c in said["checks"])
END2
code 2 hdrive doctor brave-otter-1
limited() (
	# Every sh that is /bin/sh of a Linux has it.
	# shellcheck disable=SC3045
	ulimit -n "$1"
	shift
	"$@"
)
code 0 limited 25 hdrive doctor
code 1 limited 24 hdrive doctor
has out "^problem  open files   at most 24, but 1 trial at a time need 25; 'ulimit -n 25' before"
code 1 env HDRIVE_LAUNCHER=/no/launcher hdrive doctor
has out "^problem  launcher     '/no/launcher' does not start: "
code 1 env HDRIVE_LAUNCHER=/bin/true hdrive doctor
has out "is not hdrive's"
sound
