"""Questions, which the trial's own server answers: it has read what every
process of the trial has logged."""

import json
import os

from mlflow.entities import (Experiment, FileInfo, Metric, Run, RunData,
                             RunInfo)
from mlflow.exceptions import MlflowException, RestException


def ask(method, path, arguments):
    """The answer of .../mlflow/PATH as a dict."""
    import urllib.error
    import urllib.parse
    import urllib.request

    uri = os.environ.get("HDRIVE_MLFLOW", "")
    if not uri.startswith("http://"):
        raise MlflowException(
            "this trial has no server to ask: it was switched off, or the "
            "script was not started by hdrive")
    # The token may stand in it, as the Java client wants it.
    uri = "http://" + uri[len("http://"):].rpartition("@")[2]
    url = uri + "/api/2.0/mlflow/" + path
    data = None
    if method == "GET":
        url += "?" + urllib.parse.urlencode(
            {k: v for k, v in arguments.items() if v is not None})
    else:
        data = json.dumps(arguments).encode("utf-8")
    request = urllib.request.Request(url, data=data, method=method, headers={
        "Authorization": "Bearer " + os.environ.get(
            "MLFLOW_TRACKING_TOKEN", "")})
    # A proxy is for other hosts than this one.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as reply:
            return json.loads(reply.read().decode("utf-8"))
    except urllib.error.HTTPError as error:
        answer = json.loads(error.read().decode("utf-8"))
        raise RestException("{error_code}: {message}".format(**answer),
                            answer["error_code"])


def _pairs(items):
    return {item["key"]: item["value"] for item in items}


def _metric(item):
    return Metric(item["key"], float(item["value"]), item["timestamp"],
                  item["step"])


def _run(run):
    data = run["data"]
    return Run(RunInfo(**run["info"]), RunData(
        {item["key"]: float(item["value"]) for item in data["metrics"]},
        _pairs(data["params"]), _pairs(data["tags"])))


def run(run_id):
    return _run(ask("GET", "runs/get", {"run_id": run_id})["run"])


def runs(experiments, filter_string, view, most, order_by, page_token):
    """One page of runs, and the token of the next or None."""
    answer = ask("POST", "runs/search", {
        "experiment_ids": experiments, "filter": filter_string or "",
        "run_view_type": view, "max_results": most,
        "order_by": order_by or [], "page_token": page_token or ""})
    return ([_run(item) for item in answer["runs"]],
            answer.get("next_page_token"))


def history(run_id, key):
    answer = ask("GET", "metrics/get-history",
                 {"run_id": run_id, "metric_key": key})
    return [_metric(item) for item in answer["metrics"]]


def artifacts(run_id, path):
    answer = ask("GET", "artifacts/list", {"run_id": run_id, "path": path})
    return [FileInfo(item["path"], item["is_dir"], item.get("file_size"))
            for item in answer["files"]]


def experiment(**arguments):
    path = "experiments/get-by-name" if "experiment_name" in arguments \
        else "experiments/get"
    found = ask("GET", path, arguments)["experiment"]
    found["tags"] = _pairs(found["tags"])
    return Experiment(**found)
