#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# The same policy and a script that cannot go on: nothing is to be configured.
script prog <<'EOF'
for epoch in 1 2 3; do
	echo "acc=$2.$epoch"
	[ $epoch != 1 ] || sleep 0.4 # time to be stopped in
done
EOF
sweep total=6 concurrent=2 'policy=asha, first_rung: 1'
code 0 hdrive submit sweep.yml --seed 4 -- ./prog
has err 'left nothing in its checkpoints folder'
same "$(grep -c 'checkpoints folder' err)" 1
hasnt err 'goes on behind'
aside=$(sed -n 's/.*trial \([0-9]*\) set aside by.*/\1/p' err | head -n 1)
code 0 hdrive status @
hasnt out paused
has out stopped
code 0 hdrive show @ "$aside" --why
has out 'paused by asha at interval 1: '
has out 'no checkpoint to go on from: it is stopped for good'
code 0 hdrive show @ "$aside" --json
has out '"end_reason":"policy"'
replays @
hasnt out promotions
sound
