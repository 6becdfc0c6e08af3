#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# ids WORD...: of the runs that "run list" shows, one a line.
ids() {
	hdrive run list "$@" --query '[].run_id' -o tsv
}

# Without a store there is nothing.
code 0 hdrive run list
same "$(cat out)" '[]'

sweep total=2
for number in 1 2 3 4 5 6 7 8 9 10 11 12; do
	code 0 hdrive submit sweep.yml --name "sweep-$number" --no-snapshot -- echo acc=1
done
sweep total=13
code 0 hdrive submit sweep.yml --name many --no-smoke --no-snapshot -- \
	sh -c '[ "$HDRIVE_TRIAL" != 12 ] && echo acc=1'

# Ten, the newest first, and only sweeps.
same "$(ids | wc -l)" 10
same "$(ids | grep -c '_')" 10
same "$(ids | grep -c '_[0-9]*$')" 0
same "$(ids | head -n 1)" "$(hdrive run show -r many --query run_id -o tsv)"
same "$(ids --last 12 | wc -l)" 12
same "$(ids --last 99 | wc -l)" 13

# Children: the last ten, by their numbers.
parent=$(hdrive run show -r many --query run_id -o tsv)
same "$(ids --parent-run-id many | head -n 1)" "${parent}_3"
same "$(ids --parent-run-id "$parent" | wc -l)" 10
same "$(ids --parent-run-id "$parent" --last 20 | wc -l)" 13
same "$(ids --parent-run-id "$parent" --status Failed)" "${parent}_12"
same "$(ids --parent-run-id "${parent}_1")" ''

# What they have in common.
same "$(ids --status Canceled)" ''
same "$(ids -e elsewhere)" ''
same "$(ids -e "$(basename "$PWD")" --last 99 | wc -l)" 13
same "$(ids --compute-target-name local | wc -l)" 10
same "$(ids --compute-target-name gpu-cluster)" ''
code 0 hdrive run update -r sweep-3 --add-tag team=vision
code 0 hdrive run update -r sweep-3 --add-tag for=now
code 0 hdrive run update -r sweep-4 --add-tag team=vision
same "$(ids --tags team=vision | wc -l)" 2
same "$(ids --tags team=vision for=now)" "$(hdrive run show -r sweep-3 --query run_id -o tsv)"
same "$(ids --tags team=)" ''
code 2 hdrive run list --status Cancelled
has err "^hdrive: unknown status 'Cancelled', one of: NotStarted, "
code 2 hdrive run list --last none

# Seven columns.
code 0 hdrive run list --minimal --last 1
/usr/bin/python3 - <<'END'
import json
runs = json.load(open("out"))
assert list(runs[0]) == ["RunId", "RunType", "Status", "StartTime", "EndTime",
                         "Target", "Tags"], runs
assert runs[0]["RunType"] == "hyperdrive" and runs[0]["Target"] == "local"
END
code 0 hdrive run list --minimal -o table
has out '^RunId  *RunType  *Status  *StartTime  *EndTime  *Target *$'
