#!/bin/sh
# hdrive ui: MLflow's interface over the store, to who has the token, for
# reading.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
cat >train.py <<-'PY'
	import os
	import mlflow
	number = int(os.environ["HDRIVE_TRIAL"])
	print("printed=%d" % (number + 10))
	print("printed=%d" % (number + 20))
	with mlflow.start_run():
	    for step in range(3):
	        mlflow.log_metric("acc", number + step / 4, step=step)
	    mlflow.log_param("opt", "<b>&" if number else "adam")
	    mlflow.set_tag("half", number % 2)
	    mlflow.log_text("weights of %d" % number, "deep/model.txt")
	    if number == 2:
	        with mlflow.start_run(nested=True, run_name="kid"):
	            mlflow.log_metric("acc", 99)
	            mlflow.log_text("kid's", "k.txt")
	if number == 1:
	    raise SystemExit(3)
PY
unset PYTHONPATH
sweep total=3 concurrent=1
code 0 hdrive submit sweep.yml --name shown-1 -- sh -c 'python3 train.py'
code 0 hdrive submit sweep.yml --name other-1 -- sh -c 'echo acc=1'
code 2 hdrive ui shown-1 --port 70000
code 3 hdrive ui nothing
code 1 hdrive ui --bind nowhere

hdrive ui >told 2>err.ui &
ui=$!
trap 'kill $ui 2>/dev/null || :' EXIT
within 20 grep -q TOKEN told
eval "$(grep '^export' told)"
cat >ask.py <<-'PY'
	import os
	import sys
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from mlrest import TOKEN, api, ask, refused

	found = api("POST", "experiments/search", {})["experiments"]
	ids = {e["name"]: e["experiment_id"] for e in found}
	assert list(ids) == ["other-1", "shown-1"], ids
	assert api("GET", "experiments/get-by-name?experiment_name=shown-1")[
	    "experiment"]["experiment_id"] == ids["shown-1"]
	assert refused("GET", "/api/2.0/mlflow/experiments/get?experiment_id=0") == \
	    (404, "RESOURCE_DOES_NOT_EXIST")

	def search(**body):
	    body.setdefault("experiment_ids", [ids["shown-1"]])
	    return api("POST", "runs/search", body)
	def names(**body):
	    return [r["info"]["run_name"] for r in search(**body)["runs"]]
	assert names(order_by=["metrics.acc DESC"]) == \
	    ["kid", "shown-1-2", "shown-1-1", "shown-1-0"]
	assert names(filter="metrics.acc > 1 AND metrics.acc < 2") == ["shown-1-1"]
	assert names(filter="params.opt = 'adam'") == ["shown-1-0"]
	assert names(filter="tags.half = '0'", order_by=["run_name"]) == \
	    ["shown-1-0", "shown-1-2"]
	assert names(filter="attributes.status = 'FAILED'") == ["shown-1-1"]
	assert names(experiment_ids=["nobody"]) == []
	assert len(names(experiment_ids=list(ids.values()))) == 7
	first = search(max_results=3, order_by=["run_name"])
	rest = search(max_results=3, order_by=["run_name"],
	              page_token=first["next_page_token"])
	assert len(first["runs"]) == 3 and len(rest["runs"]) == 1
	assert "next_page_token" not in rest
	assert refused("POST", "/api/2.0/mlflow/runs/search", {
	    "experiment_ids": list(ids.values()), "filter": "metrics.acc >"})[0] == 400

	kid = search(filter="attributes.run_name = 'kid'")["runs"][0]["info"]
	top = ids["shown-1"] + "_2"
	run = api("GET", "runs/get?run_id=" + top)["run"]
	assert run["info"]["status"] == "FINISHED"
	assert {p["key"] for p in run["data"]["params"]} == {"--x", "tag", "opt"}
	assert {m["key"]: m["value"] for m in run["data"]["metrics"]} == \
	    {"acc": 2.5, "printed": 22}
	assert api("GET", "runs/get?run_id=" + kid["run_id"])["run"]["info"] == kid
	history = api("GET", "metrics/get-history?metric_key=acc&run_id=" + top)
	assert [(m["value"], m["step"]) for m in history["metrics"]] == \
	    [(2, 0), (2.25, 1), (2.5, 2)]
	# What has no step is counted.
	history = api("GET", "metrics/get-history?metric_key=printed&run_id=" + top)
	assert [(m["value"], m["step"]) for m in history["metrics"]] == \
	    [(12, 0), (22, 1)]
	for bad in (ids["shown-1"] + "_3", ids["shown-1"], "shown-1_0", "x", "_1"):
	    assert refused("GET", "/api/2.0/mlflow/runs/get?run_id=" + bad)[0] == 404
	place = "/api/2.0/mlflow-artifacts/artifacts/"
	assert ask("GET", place + top + "/deep/model.txt") == (200, b"weights of 2")
	assert ask("GET", place + kid["run_id"] + "/k.txt") == (200, b"kid's")
	assert refused("GET", place + top + "/../stdout")[0] == 400
	listed = api("GET", "artifacts/list?run_id=%s&path=deep" % top)["files"]
	assert [f["path"] for f in listed] == ["deep/model.txt"]

	for path in ("log-metric", "set-tag", "create", "update"):
	    assert refused("POST", "/api/2.0/mlflow/runs/" + path, {
	        "run_id": top, "key": "x", "value": 1}) == (403, "PERMISSION_DENIED")
	assert refused("PUT", place + top + "/x", b"x") == (403, "PERMISSION_DENIED")
	assert ask("GET", "/", token=None)[0] == 401
	assert ask("GET", "/?token=" + TOKEN[1:], token=None)[0] == 401
	assert ask("GET", "/", headers=[("Host", "evil.example")])[0] == 403
	assert ask("GET", "/else")[0] == 404
PY
python3 ask.py || fail "$(cat err.ui)"
kill $ui
wait $ui || fail 'it was told to end, and said that it failed'

# One sweep alone.
hdrive ui other-1 >alone 2>err.ui &
ui=$!
within 20 grep -q TOKEN alone
eval "$(grep '^export' alone)"
address=$(head -n 1 alone) python3 - <<-'PY'
	import os
	import sys
	sys.path.insert(0, os.environ["TEST_ROOT"] + "/tests/support")
	from mlrest import api
	(one,) = api("POST", "experiments/search", {})["experiments"]
	assert one["name"] == "other-1"
	from uirest import get, refused
	assert [s["name"] for s in get("sweeps")["sweeps"]] == ["other-1"]
	for path in ("sweeps/shown-1", "sweeps/shown-1/trials/0/log", "stream?sweep=shown-1"):
	    assert refused(path) == (404, "HD_ENOENT"), path
	assert get("sweeps/@")["name"] == "other-1"
PY
kill $ui
wait $ui || :
sound
