#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=4
script prog <<'END2'
echo acc=0.$2
dd if=/dev/zero of=outputs/model bs=4096 count=10 2>/dev/null
ln outputs/model outputs/again
echo one >logs/text
echo state >"$HDRIVE_CHECKPOINTS/last"
END2
code 0 hdrive submit sweep.yml --name brave-otter-1 -- ./prog
best=$(hdrive best --json | sed -n 's/.*"number":\([0-9]*\).*/\1/p' | head -n 1)
same "$(find .hdrive -name model | wc -l)" 4

# Nothing is named: nothing is done, and examples are shown.
code 2 hdrive gc
has err "hdrive gc --keep best:3"
code 2 hdrive gc --yes
code 2 hdrive gc @

# A dry run counts, in blocks, a file with two names once.
code 0 hdrive gc --keep best:1 --outputs
has out '^brave-otter-1         3 trials  1[0-9]* KiB: outputs 1[0-9]* KiB$'
same "$(tail -n 1 out | sed 's/^1[0-9]* KiB//')" \
	' of 3 trials in 1 sweep would go; --yes removes them'
same "$(find .hdrive -name model | wc -l)" 4
cp out dry
code 0 hdrive gc --keep best:1 --outputs --dry-run
cmp -s out dry || fail 'two dry runs differ'
code 2 hdrive gc --keep best:1 --dry-run --yes

code 0 hdrive gc --keep best:1 --outputs --yes
has out ' of 3 trials in 1 sweep removed$'
same "$(find .hdrive -name model)" ".hdrive/brave-otter-1/00000$best/work/outputs/model"
[ -e .hdrive/brave-otter-1/000000/stdout ] || fail 'logs went with outputs'
code 0 hdrive gc --keep best:1 --outputs --yes
same "$(cat out)" '0 bytes of 0 trials in 0 sweeps removed'

# Without a part, all of them; what tells of the trials stays.
code 0 hdrive gc brave --keep last:1 --no-dry-run --json
/usr/bin/python3 - <<'END2' || fail 'not the JSON that is promised'
import json
said = json.load(open("out"))
assert said["dry_run"] is False and said["trials"] == 3 and said["failed"] == 0
sweep, = said["sweeps"]
assert sweep["name"] == "brave-otter-1" and sweep["kept"] is None
assert sweep["bytes"] == said["bytes"] == sum(
    sweep[part] for part in ("outputs", "logs", "checkpoints", "attempts"))
END2
for number in 0 1 2; do
	trial=.hdrive/brave-otter-1/00000$number
	[ -e $trial/params.json ] || fail "no params.json in $trial"
	same "$(find $trial/stdout $trial/checkpoints/* $trial/work/logs/* 2>/dev/null)" ''
done
[ -e .hdrive/brave-otter-1/000003/stdout ] || fail 'the last one went too'
code 0 hdrive best
code 0 hdrive show @ 0
code 0 hdrive doctor
sound
