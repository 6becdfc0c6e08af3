#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# The program trains on from its old outputs, when it is given some.
script prog <<'END'
x=$2
from=
while [ $# -gt 0 ]; do
	[ "$1" != --resume-from ] || from=$2
	shift
done
step=0
[ -z "$from" ] || step=$(cat "$from/step")
for i in 1 2 3; do
	step=$((step + 1))
	echo acc=0.$((x * step % 89))
	sleep 0.1
done
echo $step >"$HDRIVE_OUTPUTS/step"
echo "step $step from $from"
[ -z "${BREAK-}" ] || [ "$HDRIVE_ATTEMPT" != 1 ]
END
sweep total=4 concurrent=2
code 0 hdrive submit sweep.yml --name old-1 --seed 3 -- ./prog
echo 'max_restarts: 1' >>sweep.yml
export BREAK=1
code 0 hdrive submit sweep.yml --name new-1 --seed 3 --resume-child-runs old-1/2,old-1/0 \
	--set restart_delay=0.1 -- ./prog
unset BREAK
has err '0 trials of earlier sweeps are known, 2 are gone on with'
values() {
	hdrive show "$1" "$2" --json | grep -o '"parameters":{[^}]*}' | head -1
}
same "$(values new-1 0)" "$(values old-1 2)"
same "$(values new-1 1)" "$(values old-1 0)"
# The rest of the budget explores, as a cold start does.
same "$(values new-1 2)" "$(values old-1 0)"
code 0 hdrive show new-1 0 --json
has out '"--resume-from","/.*/\.hdrive/old-1/000002/outputs"\]'
# A second attempt has it too.
has out '"attempt":2'
has .hdrive/new-1/000000/stdout '^step 6 from /.*/old-1/000002/outputs$'
has .hdrive/new-1/000001/stdout '^step 6 from /.*/old-1/000000/outputs$'
has .hdrive/new-1/000002/stdout '^step 3 from $'
replays new-1
has out '^2 suggestions, '
code 0 hdrive replay new-1 --json
has out '"enqueued":2'
sound
