"""A run as a script logs to it: records of $HDRIVE_METRICS."""

import os
import threading
import time

from _hdrive import records
from mlflow.entities import Run, RunData, RunInfo
from mlflow.exceptions import MlflowException

# A run's marks for the engine, by the status that it ends with.
_ENDS = {"FINISHED": "complete", "FAILED": "fail", "KILLED": "cancel"}

_lock = threading.Lock()
_params = {}


def trial_id():
    """The id of the trial's own run; None outside a trial."""
    if not os.environ.get("HDRIVE_METRICS"):
        return None
    return os.environ.get("AZUREML_RUN_ID")


def experiment_id():
    return os.environ.get("AZUREML_ROOT_RUN_ID", "0")


def experiment_name():
    return os.environ.get("HDRIVE_SWEEP", "Default")


def now():
    return int(time.time() * 1000)


def write(run_id, record, timestamp=None):
    """Append RECORD for the run; outside a trial print what it logs."""
    path = os.environ.get("HDRIVE_METRICS")
    if not path:
        if "name" in record:
            print("{}={}".format(record["name"], record["value"]))
        return
    if run_id != trial_id():
        record["child"] = run_id
    records.append(path, record,
                   None if timestamp is None else timestamp / 1000.0)


def _key(what, key):
    try:
        return records.name_of(key)
    except ValueError:
        raise MlflowException("a {} needs a name".format(what),
                              "INVALID_PARAMETER_VALUE")


def metric(run_id, key, value, step=None, timestamp=None):
    """One value. What is no number is refused, as by the real one."""
    number = records.plain(value)
    if isinstance(number, str):
        try:
            number = float(number)
        except ValueError:
            raise MlflowException(
                "Got invalid value {} for metric '{}'. Please specify value as "
                "a valid double (64-bit floating point)".format(value, key),
                "INVALID_PARAMETER_VALUE")
    write(run_id, {"name": _key("metric", key), "value": number,
                   "step": int(step or 0)}, timestamp)


def param(run_id, key, value):
    """Written once: the same again is no news, another value an error."""
    key, text = _key("parameter", key), str(value)
    with _lock:
        before = _params.setdefault((run_id, key), text)
    if before != text:
        raise MlflowException(
            "Changing param values is not allowed. Param with key='{}' was "
            "already logged with value='{}' for run ID='{}'. Attempted logging "
            "new value '{}'.".format(key, before, run_id, text),
            "INVALID_PARAMETER_VALUE")
    write(run_id, {"mark": "param", "detail": {key: text[:8000]}})


def tag(run_id, key, value):
    write(run_id, {"mark": "tag",
                   "detail": {_key("tag", key): str(value)[:8000]}})


def untag(run_id, key):
    write(run_id, {"mark": "untag", "detail": _key("tag", key)})


def update(run_id, **what):
    """Its name, start, end or status."""
    write(run_id, {"mark": "run", "detail": dict(what, updated=now())})


def create(name=None, parent=None, tags=None):
    """A run below the trial; its info."""
    run_id = os.urandom(16).hex()
    detail = {"start": now()}
    texts = {str(k): str(v) for k, v in (tags or {}).items()}
    if name:
        detail["name"] = str(name)
        texts["mlflow.runName"] = str(name)
    if parent:
        texts["mlflow.parentRunId"] = parent
    update(run_id, **detail)
    for key, value in texts.items():
        tag(run_id, key, value)
    return info(run_id, name, detail["start"])


def end(run_id, status):
    if status not in _ENDS:
        raise MlflowException("'{}' is no status that a run ends with".format(
            status), "INVALID_PARAMETER_VALUE")
    update(run_id, status=status, end=now())
    # How the trial ends is its process's to say.
    if run_id != trial_id():
        write(run_id, {"mark": _ENDS[status]})


def info(run_id, name=None, start=None):
    return RunInfo(run_id=run_id, experiment_id=experiment_id(),
                   run_name=name or "", start_time=start or now(),
                   artifact_uri="file://" + folder(run_id))


# --- artifacts -------------------------------------------------------------

def folder(run_id):
    """Where the run's artifacts lie."""
    base = os.path.abspath(os.environ.get("HDRIVE_OUTPUTS", "outputs"))
    if run_id is None or run_id == trial_id():
        return base
    return os.path.join(base, "runs", run_id)


def place(run_id, name):
    """The path of artifact NAME, whose folder is made."""
    parts = [part for part in str(name).replace("\\", "/").split("/")
             if part not in ("", ".")]
    if not parts or ".." in parts:
        raise MlflowException(
            "Invalid artifact path: '{}'".format(name),
            "INVALID_PARAMETER_VALUE")
    target = os.path.join(folder(run_id), *parts)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    return target


def place_told(run_id, target):
    """Say that the artifact at TARGET is there."""
    base = folder(None)
    write(trial_id(), {"mark": "file", "detail": "outputs/" + os.path.relpath(
        target, base).replace(os.sep, "/")})


def copy_file(run_id, source, name):
    import shutil

    target = place(run_id, name)
    if not (os.path.exists(target) and os.path.samefile(source, target)):
        shutil.copyfile(source, target)
    place_told(run_id, target)


def copy_tree(run_id, source, below=None):
    if not os.path.isdir(source):
        raise MlflowException("no folder '{}'".format(source))
    for at, _, files in os.walk(source):
        for file in files:
            path = os.path.join(at, file)
            copy_file(run_id, path, os.path.join(
                below or "", os.path.relpath(path, source)))


class ActiveRun(Run):
    """What ``with mlflow.start_run() as run`` gives."""

    def __init__(self, info, data=None):
        super(ActiveRun, self).__init__(info, data or RunData())

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        from mlflow import _fluent

        _fluent.end_run("FINISHED" if kind is None else "FAILED")
        return kind is None

