#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2 concurrent=2
script prog <<'END'
echo begun
echo acc=1
echo in the middle
while [ ! -e "$OLDPWD/go" ] && [ ! -e ../../../../go ]; do sleep 0.05; done
echo over
END
code 0 hdrive submit sweep.yml --name words-1 --no-smoke -d -- ./prog
both_run() {
	test "$(hdrive run list --parent-run-id words-1 --status Running --query 'length(@)')" = 2
}
within 60 both_run

# One child, then what is left of the sweep.
code 0 hdrive run cancel -r words-1_0
same "$(cat out)" 'Experiment run canceled successfully.'
within 60 sh -c 'test "$(hdrive run show -r words-1_0 --query status -o tsv)" = Canceled'
same "$(hdrive run show -r words-1 --query status -o tsv)" Running

# Tags of a sweep that runs, and of a trial.
code 0 hdrive run update -r words-1 --add-tag team=vision --query tags.team -o tsv
same "$(cat out)" vision
code 0 hdrive run update -r words-1_1 --add-tag a=b=c --query tags.a -o tsv
same "$(cat out)" b=c
code 2 hdrive run update -r words-1 --add-tag vision
has err "^hdrive: 'vision' is no tag: name=value$"
code 2 hdrive run update -r words-1 --add-tag _aml_system_x=1
code 2 hdrive run update -r words-1

# To the end, then the record.
hdrive run monitor-logs -r words-1_1 >seen 2>err &
monitor=$!
within 60 grep -q 'in the middle' seen
touch go
wait $monitor || fail "monitor-logs gave $?"
has seen '^over$'
has seen '"status": "Completed"'
same "$(hdrive run show -r words-1 --query tags.team -o tsv)" vision

# What has ended cannot be stopped.
code 0 hdrive wait words-1
code 0 hdrive run cancel -r words-1
same "$(cat out)" ''
has err 'nothing to cancel'
sound
