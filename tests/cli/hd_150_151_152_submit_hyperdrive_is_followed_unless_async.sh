#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
printf 'import sys\nprint("acc=" + sys.argv[2])\n' >train.py
printf 'script: train.py\narguments: [--n, 1]\n' >run.runconfig

# A run configuration, and a script somewhere, are needed.
code 2 hdrive run submit-hyperdrive -c run
has err "^hdrive: '--hyperdrive-configuration-name' is missing"
code 2 hdrive run submit-hyperdrive --hyperdrive-configuration-name sweep.yml
has err "^hdrive: '-c' is missing"
echo 'arguments: []' >bare.runconfig
code 2 hdrive run submit-hyperdrive --hyperdrive-configuration-name sweep.yml -c bare
has err "names no script"
[ ! -e .hdrive ] || fail 'a store was made'

# Followed to its end; only the record goes to stdout.
code 0 hdrive run submit-hyperdrive --hyperdrive-configuration-name weep.yml -c run \
	-e tries -g group -t record.json
same "$(hdrive run list --query '[0].status' -o tsv)" Completed
/usr/bin/python3 - <<'END'
import json
run = json.load(open("out"))
assert run == json.load(open("record.json"))
assert run["status"] == "Completed" and run["run_type"] == "hyperdrive"
assert run["_experiment_name"] == "tries" and run["script_name"] == "train.py"
assert run["properties"]["score"] == "1"
END
has err 'Completed in'

# Words of the line replace the file's, options among them too.
code 0 hdrive run submit-hyperdrive --hyperdrive-configuration-name sweep.yml -c run \
	--query properties.score -o tsv train.py --n 5 -o x
same "$(cat out)" 5
has err "note: 'train.py' and its arguments in place of the run configuration's"

# In the background: at once, with a record to go on with.
script slow <<'END'
while [ ! -e ../../../../go ]; do sleep 0.05; done
echo acc=1
END
code 0 hdrive run submit-hyperdrive --hyperdrive-configuration-name sweep.yml -c run \
	--async --query '[[run_id, status]]' -o tsv ./slow
id=$(sed 's/\t.*//' out)
same "$(cat out)" "$(printf '%s\tRunning' "$id")"
touch go
code 0 hdrive wait "$id"
same "$(hdrive run show -r "$id" --query status -o tsv)" Completed
sound
