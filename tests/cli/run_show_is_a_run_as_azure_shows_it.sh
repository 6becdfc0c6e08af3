#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=3 concurrent=1
: >train.py
code 0 hdrive submit sweep.yml --name show-1 --no-smoke -- sh -c '
	echo acc=0.5; [ $HDRIVE_TRIAL != 2 ]' train.py
code 0 hdrive run show -r show-1
cp out sweep
code 0 hdrive run show -r show-1_2
cp out trial
/usr/bin/python3 - <<'END'
import json, os
sweep, trial = json.load(open("sweep")), json.load(open("trial"))
common = {"_experiment_name", "created_utc", "description", "end_time_utc", "error",
          "hidden", "name", "parent_run_id", "root_run_id", "run_id", "run_number",
          "run_type", "script_name", "start_time_utc", "status", "target", "warnings",
          "tags", "properties"}
assert set(trial) == common, set(trial) ^ common
assert set(sweep) == common | {"metrics"}, set(sweep)
assert "token" not in str(sweep).lower()

assert sweep["run_type"] == "hyperdrive" and sweep["status"] == "Completed"
assert sweep["parent_run_id"] is None and sweep["root_run_id"] == sweep["run_id"]
assert sweep["name"] == "show-1" and sweep["script_name"] == "train.py"
assert sweep["_experiment_name"] == os.path.basename(os.getcwd())
assert sweep["created_utc"] <= sweep["start_time_utc"] <= sweep["end_time_utc"]
assert sweep["tags"]["_aml_system_max_total_jobs"] == "3"
assert sweep["properties"]["runTemplate"] == "HyperDrive"
assert sweep["properties"]["best_child_run_id"] == sweep["run_id"] + "_0"
best = sweep["metrics"]["best_child_by_primary_metric"]
assert best["metric_value"] == [0.5, 0.5] and best["final"] == [False, True], best
assert best["run_id"] == [sweep["run_id"] + "_0"] * 2

assert trial["run_id"] == sweep["run_id"] + "_2"
assert trial["parent_run_id"] == trial["root_run_id"] == sweep["run_id"]
assert trial["run_type"] == "azureml.scriptrun" and trial["status"] == "Failed"
assert trial["error"]["error"]["message"] == "exit 1", trial["error"]
assert json.loads(trial["tags"]["hyperparameters"]) == json.loads(
    sweep["tags"]["_aml_system_%s" % trial["run_id"]])
END

# A sweep's name may look like a trial's id.
code 0 hdrive submit sweep.yml --name show-1_2 -- echo acc=1
same "$(hdrive run show -r show-1_2 --query run_type -o tsv)" hyperdrive
same "$(hdrive run show -r show-1/2 --query run_type -o tsv)" azureml.scriptrun
code 3 hdrive run show -r show-1/9
code 3 hdrive run show -r nobody_1
has err "^hdrive: no sweep 'nobody' in store"
code 2 hdrive run show
has err "^hdrive: '-r' is missing: hdrive run show -r ID"
code 2 hdrive run show -r show-1 more
