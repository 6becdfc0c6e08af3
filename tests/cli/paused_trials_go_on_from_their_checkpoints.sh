#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# A trial writes down each epoch that it trains; one that goes on must begin
# behind its checkpoint, not at nothing, and log no epoch twice. The earlier a
# trial is the better, so that those that were set aside come to be among the best.
script prog <<'EOF'
save=$HDRIVE_CHECKPOINTS/epoch
epoch=0
[ ! -e "$save" ] || epoch=$(cat "$save")
while [ "$epoch" -lt 9 ]; do
	epoch=$((epoch + 1))
	echo $epoch >"$save.new" && mv "$save.new" "$save"
	echo "attempt $HDRIVE_ATTEMPT epoch $epoch" >>"$HDRIVE_OUTPUTS/trained"
	echo "{\"acc\": $((50 - HDRIVE_TRIAL)).$epoch, \"step\": $epoch}"
	case $epoch in 1 | 2 | 4) sleep 0.3 ;; esac # time to be stopped in
done
EOF

# No epoch of any trial was trained by two attempts.
once() {
	for trial in .hdrive/*/0*; do
		[ -e "$trial/outputs/trained" ] || continue
		same "$(sed 's/.*epoch //' "$trial/outputs/trained" | sort | uniq -d)" ''
	done
}

sweep total=12 concurrent=4 'policy=asha, first_rung: 1, reduction_factor: 2'
code 0 hdrive submit sweep.yml --name whole --seed 4 -- ./prog
has err 'set aside by asha at interval 1: '
has err 'goes on behind interval '
hasnt err 'left nothing in its checkpoints'
again=$(sed -n 's/.*trial \([0-9]*\) goes on behind.*/\1/p' err | head -n 1)
once
code 0 hdrive status whole
has out ' paused'
code 0 hdrive status whole --json
has out '"paused":[1-9]'
code 0 hdrive show whole
has out 'Paused'
replays whole
has out ' [1-9][0-9]* promotions: all the same$'
# One that went on has a story.
code 0 hdrive show whole "$again" --why
has out 'paused by asha at interval '
has out 'promoted by asha at interval '
code 0 hdrive show whole "$again" --why --json
has out '"kind":"pause"'
has out '"kind":"promote"'

# The engine killed twice under way, gone on with: nothing is trained twice.
hdrive submit sweep.yml --name killed --seed 4 -- ./prog >name 2>err &
engine=$!
within 60 grep -q 'goes on behind' err
kill -9 $engine 2>/dev/null || :
wait $engine 2>/dev/null || :
replays killed
hdrive resume killed >out 2>err &
engine=$!
within 60 grep -q . err
sleep 0.3
kill -9 $engine 2>/dev/null || :
wait $engine 2>/dev/null || :
code 0 hdrive resume killed
once
replays killed
has out ' promotions: all the same$'

sound
