#!/bin/sh
# Where no MLflow is installed a small one with the same names logs the same;
# where one is, it is that one that is imported.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
unset MLFLOW_SOURCE PYTHONPATH
! python3 -c 'import mlflow' 2>/dev/null || exit 77
cat >train.py <<-'PY'
	import os
	import sys
	import mlflow
	import mlflow.sklearn
	from mlflow import MlflowClient
	from mlflow.exceptions import MlflowException
	from mlflow.tracking import MlflowClient as Client

	assert Client is MlflowClient
	mlflow.autolog()
	mlflow.sklearn.autolog(log_models=False)
	mlflow.pytorch.autolog()
	mlflow.set_tracking_uri(mlflow.get_tracking_uri())
	mlflow.set_experiment("my own")
	with mlflow.start_run(run_name="first") as run:
	    assert run.info.run_id == os.environ["AZUREML_RUN_ID"]
	    mlflow.log_params({"lr": 0.1, "opt": "a b"})
	    mlflow.log_param("lr", 0.1)
	    try:
	        mlflow.log_param("lr", 7)
	        raise SystemExit("a parameter was changed")
	    except MlflowException as error:
	        assert "was already logged with value='0.1'" in str(error)
	    for step in range(3):
	        mlflow.log_metric("acc", (step + 1) / 4, step=step)
	    mlflow.log_metrics({"loss": 1 / 3, "nan": float("nan")}, step=2)
	    mlflow.set_tags({"stage": "last", "gone": 1})
	    mlflow.delete_tag("gone")
	    mlflow.log_text("text", "notes/t.txt")
	    mlflow.log_dict({"k": [1]}, "k.json")
	    with open("model.bin", "wb") as file:
	        file.write(b"weights")
	    mlflow.log_artifact("model.bin", "model")
	    os.makedirs("tree/deep")
	    with open("tree/deep/leaf", "w") as file:
	        file.write("leaf")
	    mlflow.log_artifacts("tree", "all")
	    for bad in ("../up", ""):
	        try:
	            mlflow.log_text("x", bad)
	            raise SystemExit("a path outside was taken")
	        except MlflowException:
	            pass

	    class Figure:
	        def savefig(self, path):
	            open(path, "wb").write(b"png")
	    mlflow.log_figure(Figure(), "plot.png")
	    try:
	        mlflow.start_run()
	        raise SystemExit("two runs at once")
	    except MlflowException:
	        pass
	    with mlflow.start_run(nested=True, run_name="kid"):
	        mlflow.log_metric("acc", 99)
	        kid = mlflow.active_run().info.run_id
	    client = MlflowClient()
	    client.log_metric(run.info.run_id, "extra", 1.5)
	    # Questions go to the trial's server, which reads what was logged.
	    data = mlflow.get_run(run.info.run_id).data
	    assert data.metrics["acc"] == 0.75 and data.params["lr"] == "0.1", data
	    assert [(m.value, m.step) for m in client.get_metric_history(
	        run.info.run_id, "acc")] == [(0.25, 0), (0.5, 1), (0.75, 2)]
	    assert [r.info.run_id for r in mlflow.search_runs(
	        filter_string="metrics.acc > 1", output_format="list")] == [kid]
	    assert mlflow.get_parent_run(kid).info.run_id == run.info.run_id
	    assert [f.path for f in client.list_artifacts(
	        run.info.run_id, "notes")] == ["notes/t.txt"]
	assert mlflow.active_run() is None
	assert mlflow.last_active_run().info.status == "FINISHED"
	for name in ("register_model", "nothing"):
	    try:
	        getattr(mlflow, name)
	        raise SystemExit(name + " is there")
	    except AttributeError as error:
	        assert "install mlflow" in str(error)
PY
sweep total=1
code 0 hdrive submit sweep.yml -- sh -c 'python3 train.py'
same "$(grep -c 'mlflow is not installed, so autolog() logs' \
	.hdrive/*/000000/stderr)" 1
code 0 hdrive show @ 0 --json
python3 - <<-'PY'
	import json
	trial = json.load(open("out"))
	assert trial["metrics"]["acc"] == [0.25, 0.5, 0.75]
	assert trial["metrics"]["loss"] == [1 / 3]
	assert trial["metrics"]["extra"] == [1.5]
	assert trial["intervals"] == 3
	assert trial["params"] == {"lr": "0.1", "opt": "a b"}
	assert trial["tags"] == {"mlflow.runName": "first", "stage": "last"}
	assert trial["files"] == ["outputs/all/deep/leaf", "outputs/k.json",
	    "outputs/model/model.bin", "outputs/notes/t.txt", "outputs/plot.png"]
	(kid,) = trial["child_runs"].values()
	assert kid["metrics"] == {"acc": [99]}, kid
	assert kid["status"] == {"status": "Completed"}
PY
# A real one: ours steps back, and so do its parts.
mkdir -p real/mlflow/tracking
echo 'from mlflow import tracking; WHO = "real"' >real/mlflow/__init__.py
echo 'class MlflowClient: WHO = "real"' >real/mlflow/tracking/__init__.py
code 0 env PYTHONPATH="$PWD/real" hdrive submit sweep.yml --name real-1 -- \
	python3 -c 'import mlflow; from mlflow.tracking import MlflowClient
print(mlflow.WHO, MlflowClient.WHO, "acc=1")'
same "$(cat .hdrive/real-1/000000/stdout)" 'real real acc=1'
# Outside a trial it prints.
code 0 env PYTHONPATH="$TEST_BUILD/python" python3 -c 'import mlflow
mlflow.log_metric("acc", 0.5)'
same "$(cat out)" acc=0.5
sound
