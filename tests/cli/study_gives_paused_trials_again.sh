#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Whoever asks can go on with a trial: what the policy paused is asked for again,
# of the shell's door and of the one over lines.
sweep total=4 'policy=asha, first_rung: 1, reduction_factor: 2'
code 0 hdrive create sweep.yml --name night --seed 3 --promotes
for trial in 0 1 2 3; do
	code 0 hdrive ask night --json
	has out '"intervals":0}$'
done
code 0 hdrive report night 0 9
for trial in 1 2 3; do
	code 10 hdrive report night $trial $((9 - trial))
	code 0 hdrive tell night $trial
done
code 0 hdrive show night 1
has out 'Paused'
code 0 hdrive status night
has out ', 3 paused'
code 0 hdrive ask night --json
has out '^{"trial":1,.*"intervals":1}$'
code 10 hdrive ask night
code 0 hdrive report night 1 9.5
code 0 hdrive tell night 1
code 0 hdrive tell night 0
code 0 hdrive show night 1 --why
has out '^paused by asha at interval 1: '
has out '^promoted by asha at interval 1: '
replays night
has out ' 1 promotions: all the same'

space='"space": {"x": ["uniform", [0, 1]]}, "sampler": "random"'
policy='"policy": {"type": "asha", "first_rung": 1, "reduction_factor": 2}'
cat >lines <<END2
{"op": "create", $space, $policy, "promotes": true}
{"op": "ask"}
{"op": "ask"}
{"op": "report", "trial": 0, "value": 1}
{"op": "report", "trial": 1, "value": 2}
{"op": "end", "trial": 1, "state": "canceled"}
{"op": "add", "params": {"x": 0.5}, "values": [3, 3]}
{"op": "add", "params": {"x": 0.25}, "values": [4, 4]}
{"op": "ask"}
{"op": "create", $space, "promotes": 1}
END2
hdrive serve --stdio <lines >out || fail 'serve failed'
has out '"stop": true, "reason": ".*", "pauses": true}$'
has out '^{"intervals": 1, "id": 2, "trial": 1, '
has out "'promotes' must be true or false"
sound
