#!/bin/sh
# What comes by MLflow's REST interface is in the store, as what a script
# prints is: metrics, parameters, tags, runs below the trial, files.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
cat >train.py <<-'PY'
	import os
	import sys
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from mlrest import RUN, api, ask, post

	assert RUN == os.environ["AZUREML_RUN_ID"]
	assert os.environ["MLFLOW_EXPERIMENT_ID"] == \
	    os.environ["AZUREML_ROOT_RUN_ID"]
	run = api("GET", "runs/get?run_id=" + RUN)["run"]
	assert run["info"]["status"] == "RUNNING"
	# A script may call the experiment what it likes.
	mine = api("GET", "experiments/get-by-name?experiment_name=my%20own")
	assert mine["experiment"]["name"] == "my own"
	assert mine["experiment"]["experiment_id"] == run["info"]["experiment_id"]

	for step, value in enumerate((0.1, 1 / 3, 0.25)):
	    post("runs/log-metric", key="acc", value=value, timestamp=1000, step=step)
	post("runs/log-batch",
	     metrics=[{"key": "nan", "value": "NaN", "timestamp": 5, "step": 1},
	              {"key": "up", "value": "Infinity", "timestamp": 5},
	              {"key": "r", "value": "0.5", "timestamp": "1e3", "step": "2"}],
	     params=[{"key": "lr", "value": "0.1"}, {"key": "opt", "value": "a b"}],
	     tags=[{"key": "stage", "value": "first"}])
	post("runs/log-parameter", key="lr", value="0.1")
	post("runs/set-tag", key="stage", value="last")
	post("runs/set-tag", key="gone", value="1")
	post("runs/delete-tag", key="gone")
	post("runs/log-inputs", datasets=[{"dataset": {"name": "d", "digest": "1",
	     "source_type": "s", "source": "t"}}])
	status, _ = ask("POST", "/api/2.0/mlflow/runs/log-parameter",
	                {"run_id": RUN, "key": "lr", "value": "7"})
	assert status == 400

	kid = api("POST", "runs/create", {"experiment_id": "0", "run_name": "kid",
	          "start_time": 7, "tags": [{"key": "mlflow.parentRunId",
	                                     "value": RUN}]})["run"]["info"]["run_id"]
	post("runs/log-metric", run_id=kid, key="acc", value=99, timestamp=1)
	post("runs/update", run_id=kid, status="FINISHED", end_time=8)

	place = "/api/2.0/mlflow-artifacts/artifacts/"
	big = os.urandom(1 << 20) * 5
	for path, data in (("a/b c.bin", big), ("empty", b"")):
	    path = path.replace(" ", "%20")
	    assert ask("PUT", place + RUN + "/" + path, data)[0] == 200
	    assert ask("GET", place + RUN + "/" + path) == (200, data)
	assert ask("PUT", place + kid + "/k.txt", b"kid's")[0] == 200
	with open(os.environ["HDRIVE_OUTPUTS"] + "/a/b c.bin", "rb") as file:
	    assert file.read() == big
	listed = api("GET", "artifacts/list?run_id=" + RUN + "&path=a")
	assert [(f["path"], f["is_dir"], f["file_size"])
	        for f in listed["files"]] == [("a/b c.bin", False, len(big))]

	history = api("GET", "metrics/get-history?metric_key=acc&run_id=" + RUN)
	assert [(m["value"], m["step"], m["timestamp"])
	        for m in history["metrics"]] == \
	    [(0.1, 0, 1000), (1 / 3, 1, 1000), (0.25, 2, 1000)]
	run = api("GET", "runs/get?run_uuid=" + RUN)["run"]
	assert {m["key"]: m["value"] for m in run["data"]["metrics"]} == \
	    {"acc": 0.25, "nan": "NaN", "r": 0.5, "up": "Infinity"}
	assert {t["key"]: t["value"] for t in run["data"]["tags"]
	        }["stage"] == "last"
	assert run["inputs"]["dataset_inputs"][0]["dataset"]["name"] == "d"
	found = api("POST", "runs/search", {"experiment_ids": ["x"],
	            "filter": "metrics.acc > 1 and tags.mlflow.parentRunId = '%s'"
	            % RUN})["runs"]
	assert [r["info"]["run_id"] for r in found] == [kid]
	post("runs/update", status="FAILED", end_time=9)
PY
sweep total=1
code 0 hdrive submit sweep.yml -- sh -c 'python3 train.py'
code 0 hdrive show @ 0 --json
python3 - <<-'PY'
	import json
	trial = json.load(open("out"))
	assert trial["state"] == "Completed", trial
	assert trial["metrics"]["acc"] == [0.1, 1 / 3, 0.25], trial["metrics"]
	assert trial["metrics"]["r"] == [0.5]
	assert trial["intervals"] == 3, trial
	assert trial["params"] == {"lr": "0.1", "opt": "a b"}, trial["params"]
	assert trial["tags"] == {"stage": "last"}, trial["tags"]
	assert trial["files"][:2] == ["outputs/a/b c.bin", "outputs/empty"]
	(kid,) = trial["child_runs"].values()
	assert kid["metrics"] == {"acc": [99]}, kid
	assert kid["status"] == {"status": "Completed"}, kid
	assert kid["tags"]["mlflow.runName"] == "kid"
PY
# No server, no draft and no record of it is left.
[ -z "$(find .hdrive -name '.hdrive-*')" ] || fail 'a draft was left'
sound
