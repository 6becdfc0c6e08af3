#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=3
script prog <<'END'
echo acc=$2
echo $2 >outputs/model.txt
echo note >logs/note
END
code 0 hdrive job create -f sweep.yml --stream -n job-1 --set max_total_runs=2 \
	max_concurrent_runs=1 -t record.json -- ./prog
/usr/bin/python3 - <<'END'
import json
job = json.load(open("out"))
assert job == json.load(open("record.json"))
assert job["name"] == job["display_name"] == "job-1" and job["type"] == "sweep"
assert job["status"] == "Completed"
assert job["objective"] == {"goal": "maximize", "primary_metric": "acc"}
assert job["limits"] == {"max_total_trials": 2, "max_concurrent_trials": 1,
                         "timeout": 604800}, job["limits"]
END

# In the background, unless it is to be followed.
code 0 hdrive job create -f sweep.yml -n job-2 --query name -o tsv -- ./prog
same "$(cat out)" job-2
code 0 hdrive job stream -n job-2 -o none
has out '^acc='
code 0 hdrive wait job-2
same "$(hdrive job show -n job-2 --query status -o tsv)" Completed
same "$(hdrive job list --query '[].name' -o tsv)" "$(printf 'job-2\njob-1')"
same "$(hdrive job list -r 1 --query '[].name' -o tsv)" job-2
same "$(hdrive job list -p job-1 --query '[].type' -o tsv)" "$(printf 'command\ncommand')"

# The best trial's, of a sweep.
best=$(hdrive best job-1 --format json | sed 's/.*"value":\([0-9]*\).*/\1/')
code 0 hdrive job download -n job-1 -p got
same "$(cat got/artifacts/outputs/model.txt)" "$best"
same "$(cat got/artifacts/logs/note)" note
has got/artifacts/user_logs/stdout.txt "^acc=$best$"
code 0 hdrive job download -n job-1_0 --all -p other
[ -s other/artifacts/outputs/model.txt ] || fail 'nothing came'
code 3 hdrive job download -n job-1 --output-name model -p got
has err "left no 'model' in"
code 2 hdrive job download -n job-1 --output-name model --all
has err '^hdrive: --all and --output-name exclude each other$'

code 2 hdrive job create
has err "^hdrive: '-f' is missing"
code 3 hdrive job create -f none.yml -- true
code 0 hdrive job create -f sweep.yml -n job-3 -- sh -c 'exec sleep 100'
code 0 hdrive job cancel -n job-3
code 130 hdrive wait job-3
same "$(hdrive job show -n job-3 --query status -o tsv)" Canceled

# A sweep job says how it is shown, and what of it is kept.
cat >job.yml <<'END'
type: sweep
display_name: warm run
description: the first of spring
trial:
  command: echo model >${{outputs.model}}/m.txt; echo acc=${{search_space.x}}
outputs: {model: }
search_space: {x: {type: choice, values: [1, 2]}}
sampling_algorithm: grid
objective: {primary_metric: acc, goal: maximize}
limits: {max_total_trials: 2, max_concurrent_trials: 1}
END
code 0 hdrive job create -f job.yml -n job-4 --stream -o none
same "$(hdrive job show -n job-4 --query display_name -o tsv)" 'warm run'
same "$(hdrive job show -n job-4 --query description -o tsv)" 'the first of spring'
same "$(hdrive run show -r job-4 --query description -o tsv)" 'the first of spring'
code 0 hdrive job download -n job-4 --output-name model -p kept
same "$(cat kept/named-outputs/model/m.txt)" model
