#!/bin/sh
# ... beside what Azure's service says of a parent run (SPEC 5.1).
. "$TEST_ROOT/tests/support/cli.sh"

script train <<'PROGRAM'
for i in 1 2 3; do echo acc=$((9 - HDRIVE_TRIAL * 5)); done
[ "$HDRIVE_TRIAL" = 0 ] || sleep 60
PROGRAM
cat >sweep.yml <<-'YAML'
sampling:
  type: random
  parameter_space:
  - {name: --z, expression: uniform, values: [0, 1]}
  - {name: a, expression: choice, values: [[p, q]]}
  - {name: n, expression: randint, values: [7]}
policy: {type: BanditPolicy, slack_factor: 0.5, evaluation_interval: 2}
primary_metric_name: acc
primary_metric_goal: MAXIMIZE
max_total_runs: 2
max_concurrent_runs: 1
max_duration_minutes: 90
YAML
code 0 hdrive submit sweep.yml --set policy.slack_factor=0.25 -- ./train
code 0 hdrive show @ --json
/usr/bin/python3 - <<-'PY'
	import json
	sweep = json.load(open("out"))
	first, second = sweep["children"]
	tags = {}
	for name, value in sweep["tags"].items():
	    assert name.startswith("_aml_system_") and isinstance(value, str), name
	    tags[name[len("_aml_system_"):]] = value
	assert second["state"] == "Canceled" and second["end_reason"] == "policy"
	assert tags[second["id"] + "_cancelled"] == "true"
	assert first["id"] + "_cancelled" not in tags
	for child in sweep["children"]:
	    told = json.loads(tags[child["id"]])
	    assert told == child["parameters"]
	    assert list(told) == ["--z", "a", "n"], told
	assert tags["max_concurrent_jobs"] == "1"
	assert tags["max_total_jobs"] == "2"
	assert tags["max_duration_minutes"] == "90"
	assert tags["all_jobs_generated"] == "true"
	assert tags["cancellation_requested"] == "false"
	assert json.loads(tags["policy_config"]) == {
	    "name": "BANDIT", "properties": {"evaluation_interval": 2,
	    "delay_evaluation": 0, "slack_factor": 0.25}}, tags
	assert json.loads(tags["generator_config"]) == {
	    "name": "RANDOM", "parameter_space": {"--z": ["uniform", [0, 1]],
	    "a": ["choice", [["p", "q"]]], "n": ["randint", [7]]}}, tags
	metric = {"name": "acc", "goal": "maximize"}
	assert json.loads(tags["primary_metric_config"]) == metric
	properties = sweep["properties"]
	assert json.loads(properties.pop("primary_metric_config")) == metric
	assert len(properties.pop("ContentSnapshotId")) == 64
	assert properties == {
	    "runTemplate": "HyperDrive", "azureml.runsource": "hyperdrive",
	    "platform": "AML", "space_size": "infinite_space_size",
	    "score": "9", "best_child_run_id": first["id"],
	    "best_metric_status": "Succeeded"}, properties
PY
