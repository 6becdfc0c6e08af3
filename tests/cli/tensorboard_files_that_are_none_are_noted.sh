#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# A file that is broken gives what stands before, is named with its byte, and
# ends nothing; so do lengths that nobody has room for, and folders without end.
sweep total=1
cat >prog.py <<'PY'
import os, struct, sys
sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
from tfevents import Writer, masked, put, record
def broken(name, *parts):
    log = Writer("logs/" + name)
    log.scalar("acc", 1, 1)
    size = log.file.tell()
    for part in parts:
        log.file.write(part)
    return size
def head(length):
    length = struct.pack("<Q", length)
    return length + struct.pack("<I", masked(length))
whole = record(put(2, 1) + put(5, put(1, put(1, "acc"))))
sizes = [
    broken("garbage", b"this is no record at all"),
    broken("sum", whole[:-1] + b"\0", whole),
    broken("event", record(b"\x0a\xff\xff\xff\x7f"), whole),
    broken("long", head(1 << 62), bytes(64)),
]
broken("cut", whole[:-1])
broken("waits", head(1 << 30), bytes(64))
broken("empty", record(b""), record(b""))
log = Writer("logs/image")
log.text("image", "x" * (3 << 20))
log.scalar("acc", 2, 2)
os.makedirs("logs/" + "d/" * 30)
with open("sizes", "w") as file:
    print(*sizes, file=file)
PY
sed -i 's/^primary_metric_name:.*/primary_metric_name: image\/acc/' sweep.yml
code 0 hdrive submit sweep.yml --name bad-1 -- python3 prog.py
read -r garbage sum event long <.hdrive/bad-1/000000/work/sizes
has err "logs/garbage/.*' has no record of an event file at byte $garbage:"
has err "logs/sum/.*' has a record whose sum is wrong at byte $sum:"
has err "logs/event/.*' has a record that holds no event at byte $event:"
has err "logs/long/.*' has no record of an event file at byte $long:"
hasnt err 'logs/\(cut\|waits\|empty\|image\)/'
has err "'logs' holds more folders and files than are looked at"
code 0 hdrive metrics bad-1 --json
for name in garbage sum event long cut waits empty; do
	has out "\"$name/acc\":\[1\]"
done
has out '"image/acc":\[2\]'
sound
