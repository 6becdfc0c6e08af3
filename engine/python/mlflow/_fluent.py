"""mlflow.log_metric() and the others that speak of the active run."""

import atexit
import os
import tempfile

from mlflow import _rest, _run
from mlflow.entities import Experiment, ViewType
from mlflow.exceptions import MlflowException

# Runs that are open, of this process; the last one is logged to.
_active = []
_last = []
_tracking_uri = []


# --- where -----------------------------------------------------------------

def set_tracking_uri(uri):
    """Remembered, no more: what a trial logs goes to the trial."""
    _tracking_uri[:] = [str(uri)]


def get_tracking_uri():
    return _tracking_uri[0] if _tracking_uri else os.environ.get(
        "MLFLOW_TRACKING_URI", "")


def is_tracking_uri_set():
    return bool(get_tracking_uri())


def set_registry_uri(uri):
    """There is no registry to go to."""


def set_experiment(experiment_name=None, experiment_id=None, **kwargs):
    """Any name means the sweep that the trial is of."""
    return Experiment(_run.experiment_id(),
                      experiment_name or _run.experiment_name())


def create_experiment(name, artifact_location=None, tags=None):
    return _run.experiment_id()


def get_experiment(experiment_id):
    return Experiment(_run.experiment_id(), _run.experiment_name())


def get_experiment_by_name(name):
    return Experiment(_run.experiment_id(), name)


def set_experiment_tag(key, value):
    """A trial does not change its sweep."""


def set_experiment_tags(tags):
    """A trial does not change its sweep."""


# --- runs ------------------------------------------------------------------

def active_run():
    return _active[-1] if _active else None


def last_active_run():
    return active_run() or (_last[0] if _last else None)


def start_run(run_id=None, experiment_id=None, run_name=None, nested=False,
              parent_run_id=None, tags=None, description=None,
              log_system_metrics=None, **kwargs):
    """The trial's own run first, as $MLFLOW_RUN_ID has it; then runs below."""
    if _active and not nested:
        raise MlflowException(
            "Run with UUID {} is already active. To start a new run, first end "
            "the current run with mlflow.end_run(). To start a nested run, "
            "call start_run with nested=True".format(_active[0].info.run_id))
    tags = dict(tags or {})
    if description:
        tags["mlflow.note.content"] = description
    # The engine sets it for the trial; as with the real one, once.
    known = run_id or os.environ.pop("MLFLOW_RUN_ID", None)
    if known is None and not _active and not _last and not parent_run_id:
        known = _run.trial_id()
    if known:
        info = _run.info(known, run_name)
        if run_name:
            _run.tag(known, "mlflow.runName", run_name)
        for key, value in tags.items():
            _run.tag(known, key, value)
    else:
        parent = parent_run_id or (_active[-1].info.run_id if _active
                                   else None)
        info = _run.create(run_name, parent, tags)
    _active.append(_run.ActiveRun(info))
    return _active[-1]


def end_run(status="FINISHED"):
    if not _active:
        return
    run = _active.pop()
    _last[:] = [run]
    run.info.status = status
    _run.end(run.info.run_id, status)


@atexit.register
def _end_all():
    while _active:
        end_run()


def _current():
    """The active run's id; one is started when there is none."""
    return (active_run() or start_run()).info.run_id


def get_run(run_id):
    return _rest.run(run_id)


def get_parent_run(run_id):
    parent = _rest.run(run_id).data.tags.get("mlflow.parentRunId")
    return _rest.run(parent) if parent else None


def delete_run(run_id):
    _run.update(run_id, stage="deleted")


def search_runs(experiment_ids=None, filter_string="",
                run_view_type=ViewType.ACTIVE_ONLY, max_results=100000,
                order_by=None, output_format="pandas",
                search_all_experiments=False, experiment_names=None):
    """A data frame, where pandas is installed, or a list of runs."""
    found, token = [], None
    while len(found) < max_results:
        page, token = _rest.runs(
            experiment_ids or [_run.experiment_id()], filter_string,
            ViewType.to_string(run_view_type), min(max_results, 1000),
            order_by, token)
        found.extend(page)
        if not token:
            break
    found = found[:max_results]
    return found if output_format == "list" else _frame(found)


def _frame(runs):
    try:
        import pandas
    except ImportError:
        return runs
    rows = []
    for run in runs:
        row = {name: getattr(run.info, name) for name in (
            "run_id", "experiment_id", "status", "artifact_uri", "start_time",
            "end_time")}
        for kind in ("metrics", "params", "tags"):
            for key, value in getattr(run.data, kind).items():
                row[kind + "." + key] = value
        rows.append(row)
    return pandas.DataFrame(rows)


# --- what is logged --------------------------------------------------------

def log_metric(key, value, step=None, synchronous=None, timestamp=None,
               run_id=None, **kwargs):
    """Each call with the primary metric's name is an interval."""
    _run.metric(run_id or _current(), key, value, step, timestamp)


def log_metrics(metrics, step=None, synchronous=None, run_id=None,
                timestamp=None, **kwargs):
    for key, value in metrics.items():
        log_metric(key, value, step, None, timestamp, run_id)


def log_param(key, value, synchronous=None):
    _run.param(_current(), key, value)
    return value


def log_params(params, synchronous=None, run_id=None):
    for key, value in params.items():
        _run.param(run_id or _current(), key, value)


def set_tag(key, value, synchronous=None):
    _run.tag(_current(), key, value)


def set_tags(tags, synchronous=None):
    for key, value in tags.items():
        set_tag(key, value)


def delete_tag(key):
    _run.untag(_current(), key)


def log_input(dataset=None, context=None, tags=None, **kwargs):
    """Data sets are the real one's; what they are called is kept."""
    if dataset is not None:
        set_tag("dataset." + (context or "used"),
                getattr(dataset, "name", dataset))


# --- artifacts -------------------------------------------------------------

def log_artifact(local_path, artifact_path=None, run_id=None):
    """A file, or a folder with all that is in it."""
    run_id = run_id or _current()
    local_path = os.fspath(local_path)
    name = os.path.basename(os.path.normpath(local_path))
    below = os.path.join(artifact_path or "", name)
    if os.path.isdir(local_path):
        _run.copy_tree(run_id, local_path, below)
    elif os.path.isfile(local_path):
        _run.copy_file(run_id, local_path, below)
    else:
        raise MlflowException("no file '{}'".format(local_path))


def log_artifacts(local_dir, artifact_path=None, run_id=None):
    _run.copy_tree(run_id or _current(), os.fspath(local_dir), artifact_path)


def log_text(text, artifact_file, run_id=None):
    run_id = run_id or _current()
    target = _run.place(run_id, artifact_file)
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)
    _run.place_told(run_id, target)


def log_dict(dictionary, artifact_file, run_id=None):
    """As JSON; JSON is YAML too."""
    import json

    log_text(json.dumps(dictionary, indent=2, default=str), artifact_file,
             run_id)


def log_table(data, artifact_file, run_id=None):
    if hasattr(data, "to_dict"):
        data = data.to_dict(orient="list")
    log_dict({"columns": list(data), "data": [
        list(row) for row in zip(*data.values())]}, artifact_file, run_id)


def _by_file(artifact_file, run_id, save):
    """Have SAVE write a file of that name, then take it."""
    run_id = run_id or _current()
    target = _run.place(run_id, artifact_file)
    # A kind is told by the end of its name.
    handle, draft = tempfile.mkstemp(
        suffix=os.path.splitext(target)[1], dir=os.path.dirname(target),
        prefix=".hdrive-")
    os.close(handle)
    try:
        save(draft)
        os.chmod(draft, 0o644)
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise
    _run.place_told(run_id, target)


def log_figure(figure, artifact_file, run_id=None, **kwargs):
    """A matplotlib or a plotly figure."""
    def save(path):
        if hasattr(figure, "savefig"):
            figure.savefig(path, **kwargs.get("save_kwargs") or {})
        elif path.endswith(".html"):
            figure.write_html(path)
        else:
            figure.write_image(path)

    _by_file(artifact_file, run_id, save)


def log_image(image, artifact_file=None, key=None, step=None, run_id=None,
              **kwargs):
    """What has save(), as PIL's images, or becomes one."""
    if artifact_file is None:
        artifact_file = "images/{}_step_{}.png".format(key or "image",
                                                       step or 0)
    if not hasattr(image, "save"):
        from PIL import Image

        image = Image.fromarray(image)
    _by_file(artifact_file, run_id, image.save)


def get_artifact_uri(artifact_path=None):
    uri = "file://" + _run.folder(_current())
    return uri + "/" + artifact_path if artifact_path else uri
