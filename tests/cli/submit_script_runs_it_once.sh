#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

printf 'import sys\nprint("loss=2")\nsys.exit(len(sys.argv) - 1)\n' >train.py
code 2 hdrive run submit-script
has err '^hdrive: no script: '
code 0 hdrive run submit-script -e tries train.py
/usr/bin/python3 - <<'END'
import json
run = json.load(open("out"))
assert run["run_type"] == "azureml.scriptrun" and run["status"] == "Completed"
assert run["script_name"] == "train.py" and run["_experiment_name"] == "tries"
assert run["parent_run_id"] is None and run["tags"] == {}, run["tags"]
END
hasnt err primary
same "$(hdrive metrics @ --json | grep -c '"loss":\[2\]')" 1
code 0 hdrive show @
hasnt out '^metric'
replays @

# Its failure is the whole's; what stands behind the script is its own.
code 6 hdrive run submit-script train.py -o table
has out '"status": "Failed"'
code 6 hdrive resume @
code 0 hdrive submit --once -- true
code 2 hdrive submit --once sweep.yml -- true
has err "^hdrive: unexpected 'sweep.yml'"

printf 'script: train.py\narguments: []\n' >run.runconfig
code 0 hdrive run submit-script -c run --query status -o tsv
same "$(cat out)" Completed
code 0 hdrive run submit-script --async --query run_type -o tsv train.py
same "$(cat out)" azureml.scriptrun
code 0 hdrive wait @
