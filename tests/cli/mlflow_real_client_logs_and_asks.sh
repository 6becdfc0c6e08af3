#!/bin/sh
# The real Python client, where there is one: MLFLOW_SOURCE names the folders
# that it and what it needs are found in, as PYTHONPATH does, unless Python has
# it installed.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
python=${MLFLOW_PYTHON-python3}
[ -z "${MLFLOW_SOURCE-}" ] || PYTHONPATH=$MLFLOW_SOURCE
export PYTHONPATH MLFLOW_DISABLE_TELEMETRY=true GIT_PYTHON_REFRESH=quiet
"$python" -c 'import mlflow; mlflow.start_run' 2>/dev/null || exit 77
cat >train.py <<-'PY'
	import os
	import sys
	import mlflow
	from mlflow.tracking import MlflowClient

	assert not hasattr(mlflow, "__version__") or "hdrive" not in mlflow.__version__
	mlflow.set_experiment("my own")
	with mlflow.start_run(run_name="first") as run:
	    id = run.info.run_id
	    assert id == os.environ["AZUREML_RUN_ID"]
	    mlflow.log_params({"lr": 0.1, "opt": "a b"})
	    for step in range(3):
	        mlflow.log_metric("acc", (step + 1) / 3, step=step)
	    mlflow.log_metrics({"nan": float("nan"), "inf": float("-inf")}, step=1)
	    mlflow.set_tags({"stage": "last"})
	    os.makedirs("tree/deep")
	    with open("tree/deep/leaf", "w") as file:
	        file.write("leaf")
	    mlflow.log_artifact("tree/deep/leaf", "one")
	    mlflow.log_artifacts("tree", "all")
	    try:
	        mlflow.log_param("lr", 7)
	        raise SystemExit("a parameter was changed")
	    except Exception as error:
	        assert "INVALID_PARAMETER_VALUE" in str(error), error
	    with mlflow.start_run(nested=True) as kid:
	        mlflow.log_metric("acc", 99)
	    client = MlflowClient()
	    data = client.get_run(id).data
	    assert data.metrics["acc"] == 1 and data.params["opt"] == "a b"
	    assert data.metrics["inf"] == float("-inf")
	    assert [(m.value, m.step) for m in client.get_metric_history(id, "acc")] == \
	        [(1 / 3, 0), (2 / 3, 1), (1.0, 2)]
	    (found,) = client.search_runs([run.info.experiment_id], "metrics.acc > 50")
	    assert found.info.run_id == kid.info.run_id
	    assert [f.path for f in client.list_artifacts(id, "all")] == ["all/deep"]
	    place = client.download_artifacts(id, "all/deep/leaf")
	    with open(place) as file:
	        assert file.read() == "leaf"
PY
sweep total=1
code 0 hdrive submit sweep.yml -- sh -c "exec $python train.py"
code 0 hdrive show @ 0 --json
python3 - <<-'PY'
	import json
	trial = json.load(open("out"))
	assert trial["metrics"]["acc"] == [1 / 3, 2 / 3, 1.0]
	assert trial["intervals"] == 3 and trial["state"] == "Completed"
	assert trial["params"] == {"lr": "0.1", "opt": "a b"}
	assert trial["tags"]["stage"] == "last"
	(kid,) = trial["child_runs"].values()
	assert kid["metrics"] == {"acc": [99]}
PY
for file in one/leaf all/deep/leaf; do
	same "$(cat .hdrive/*/000000/outputs/$file)" leaf
done

hdrive ui >told 2>err.ui &
ui=$!
trap 'kill $ui 2>/dev/null || :' EXIT
within 20 grep -q TOKEN told
eval "$(grep '^export' told)"
"$python" - <<-'PY' || fail "$(cat err.ui)"
	from mlflow.tracking import MlflowClient
	client = MlflowClient()
	sweeps = client.search_experiments() if hasattr(client, "search_experiments") \
	    else client.list_experiments()
	(run, kid) = client.search_runs([sweeps[0].experiment_id], "",
	                                order_by=["metrics.acc ASC"])
	assert run.data.metrics["acc"] == 1 and kid.data.metrics["acc"] == 99
	assert kid.data.tags["mlflow.parentRunId"] == run.info.run_id
	assert len(client.get_metric_history(run.info.run_id, "acc")) == 3
	try:
	    client.set_tag(run.info.run_id, "a", "b")
	    raise SystemExit("the store was changed")
	except Exception as error:
	    assert "PERMISSION_DENIED" in str(error), error
PY
kill $ui
wait $ui || :
sound
