#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

made_up_gpus
sweep total=6 concurrent=4
script prog <<'END'
echo acc=0.5
for i in $(seq 100); do [ ! -e "$1/go" ] || exit 0; sleep 0.1; done
END
export CUDA_VISIBLE_DEVICES=0,1
hdrive submit sweep.yml --gpus auto -- ./prog "$PWD" >name 2>told &
engine=$!
within 60 grep -q leads told
within 60 sh -c 'hdrive status | grep -q "2 of 2 in use"'
code 0 hdrive status
has out '^waiting .*for a slot: 2 GPUs, 1 for each trial; max_concurrent_runs asks for 4$'
code 0 hdrive status --json
has out '"slots_why":"2 GPUs, 1 for each trial; max_concurrent_runs asks for 4"'
touch go
wait $engine
code 0 hdrive status
hasnt out '^waiting'
# What an option said instead of the file is kept for who reads it again.
/usr/bin/python3 - <<'END' || fail 'the setting is not stored'
import sqlite3
rows = sqlite3.connect(".hdrive/hdrive.db").execute("SELECT text FROM setting")
assert rows.fetchall() == [("gpus=auto",)]
END
code 0 hdrive show
has out 'tag .*hdrive_slots = 2 GPUs'

code 0 hdrive submit sweep.yml -- sh -c 'echo acc=1'
code 0 hdrive status --json
has out '"slots_why":null'
