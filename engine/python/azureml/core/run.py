"""Run: how a training script speaks of itself.

Inside a trial ($HDRIVE_METRICS is set) what is logged goes to that file and
artifacts go to the trial's outputs/ folder ($HDRIVE_OUTPUTS). Outside, an
offline run prints what it would have logged, in the words of the real one.
"""

import os

from _hdrive import records as _records
from azureml.core._elsewhere import Experiment, Workspace, explain
from azureml.exceptions import RunEnvironmentException, UserErrorException

__all__ = ["Run"]


class Run(object):
    """One run. Run.get_context() gives the one that the script is."""

    _current = None

    def __init__(self, experiment=None, run_id=None, outputs=None, **kwargs):
        mine = os.environ.get("AZUREML_RUN_ID")
        if "_scope" not in kwargs and run_id != mine:
            raise explain("azureml.core.Run('{}')".format(run_id))
        self._scope = kwargs.get("_scope", {})
        self._path = os.environ.get("HDRIVE_METRICS")
        self._id = run_id
        self._experiment = experiment or _experiment()
        self._status = "Running"
        self._metrics = {}
        self._tags = {}
        self._properties = {}
        self._children = 0

    # --- which run ---------------------------------------------------------

    @classmethod
    def get_context(cls, allow_offline=True, used_for_context_manager=False,
                    **kwargs):
        """The current run; outside a trial one that prints."""
        if Run._current is None:
            if os.environ.get("HDRIVE_METRICS"):
                Run._current = Run(run_id=os.environ.get("AZUREML_RUN_ID"),
                                   _scope={})
            elif not allow_offline:
                raise RunEnvironmentException(
                    "no run to speak for: the script was not started by "
                    "hdrive, and allow_offline is False")
            else:
                Run._current = _OfflineRun()
        elif not allow_offline and isinstance(Run._current, _OfflineRun):
            raise RunEnvironmentException(
                "no run to speak for: the script was not started by hdrive, "
                "and allow_offline is False")
        return Run._current

    @classmethod
    def get_submitted_run(cls, **kwargs):
        """The older name of get_context()."""
        return cls.get_context(**kwargs)

    @property
    def id(self):
        return self._id

    @property
    def name(self):
        return self._id

    @property
    def display_name(self):
        return self._id

    @property
    def number(self):
        trial = os.environ.get("HDRIVE_TRIAL", "")
        return int(trial) if trial.isdigit() else 0

    @property
    def type(self):
        return "azureml.scriptrun"

    @property
    def status(self):
        return self._status

    @property
    def experiment(self):
        return self._experiment

    @property
    def parent(self):
        """The sweep. What is logged to it is kept, but no trial's metric."""
        if self._scope:
            return None
        return Run(self._experiment, os.environ.get("AZUREML_ROOT_RUN_ID"),
                   _scope={"parent": True})

    @property
    def tags(self):
        return dict(self._tags)

    @property
    def properties(self):
        return dict(self._properties)

    # --- metrics -----------------------------------------------------------

    def log(self, name, value, description="", step=None):
        """A number or a text. Each call with the primary metric's name is an
        interval."""
        value = _records.plain(value)
        record = {"name": _name(name), "value": value}
        if step is not None:
            record["step"] = int(step)
        self._remember(name, value)
        self._metric(record, "value")

    def log_list(self, name, value, description=""):
        """Numbers of one metric, each of them an interval."""
        values = [_records.plain(item) for item in _items(value)]
        for item in values:
            self._remember(name, item)
        for part in _chunks(values):
            self._metric({"name": _name(name), "list": part}, "list")

    def log_row(self, name, description=None, **kwargs):
        """One row of a table, its columns as keywords."""
        row = _records.tree(kwargs)
        self._remember(name, row)
        self._metric({"name": _name(name), "row": row}, "row")

    def log_table(self, name, value, description=""):
        """A whole table: a dict of columns."""
        table = _records.tree(value)
        self._remember(name, table)
        self._metric({"name": _name(name), "table": table}, "table")

    def log_image(self, name, path=None, plot=None, description=""):
        """An image file, or a matplotlib plot, into the outputs."""
        if (path is None) == (plot is None):
            raise UserErrorException("log_image takes either path or plot")
        end = os.path.splitext(str(path))[1] if path is not None else ".png"
        stored, target = self._place(_file_name(name) + end)
        if path is not None:
            _copy(path, target)
        else:
            plot.savefig(target)
        self._remember(name, stored)
        self._metric({"name": _name(name), "image": stored}, "image")

    def log_accuracy_table(self, name, value, description=""):
        self._log_artifact(name, value)

    def log_confusion_matrix(self, name, value, description=""):
        self._log_artifact(name, value)

    def log_predictions(self, name, value, description=""):
        self._log_artifact(name, value)

    def log_residuals(self, name, value, description=""):
        self._log_artifact(name, value)

    def get_metrics(self, name=None, recursive=False, run_type=None,
                    populate=False):
        """What this process logged: a value, or a list when repeated."""
        return {key: values[0] if len(values) == 1 else list(values)
                for key, values in list(self._metrics.items())
                if name is None or key == name}

    # --- files -------------------------------------------------------------

    def upload_file(self, name, path_or_stream, datastore_name=None):
        """A file or stream into the trial's outputs, under NAME."""
        stored, target = self._place(name)
        if hasattr(path_or_stream, "read"):
            _write(path_or_stream, target)
        else:
            _copy(path_or_stream, target)
        self._write({"mark": "file", "detail": stored})

    def upload_files(self, names, paths, **kwargs):
        for name, path in zip(names, paths):
            self.upload_file(name, path)

    def upload_folder(self, name, path, datastore_name=None):
        """Every file below the folder at PATH."""
        if not os.path.isdir(path):
            raise UserErrorException("no folder '{}'".format(path))
        for folder, _, files in os.walk(path):
            for file in files:
                source = os.path.join(folder, file)
                below = os.path.relpath(source, path)
                self.upload_file(os.path.join(name, below), source)

    # --- tags, properties, state -------------------------------------------

    def tag(self, key, value=None):
        self.set_tags({key: value})

    def set_tags(self, tags):
        texts = {str(key): None if value is None else str(value)
                 for key, value in tags.items()}
        self._tags.update(texts)
        self._write({"mark": "tag", "detail": texts})

    def add_properties(self, properties):
        """Properties are written once."""
        texts = {str(key): str(value) for key, value in properties.items()}
        for key, value in texts.items():
            if self._properties.get(key, value) != value:
                raise UserErrorException(
                    "property '{}' is '{}' and cannot be changed".format(
                        key, self._properties[key]))
        self._properties.update(texts)
        self._write({"mark": "property", "detail": texts})

    def get_tags(self):
        return dict(self._tags)

    def get_properties(self):
        return dict(self._properties)

    def get_status(self):
        return self._status

    def get_details(self):
        return {"runId": self._id, "status": self._status,
                "properties": dict(self._properties)}

    def complete(self, _set_status=True):
        self._end("Completed", "complete", None)

    def fail(self, error_details=None, error_code=None, _set_status=True):
        text = None if error_details is None else str(error_details)[:8000]
        self._end("Failed", "fail", text)

    def cancel(self):
        self._end("Canceled", "cancel", None)

    def flush(self, timeout_seconds=300):
        """Records are in the file when log() returns."""

    def wait_for_completion(self, show_output=False, **kwargs):
        """A script cannot wait for its own end."""
        return self.get_details()

    def child_run(self, name=None, run_id=None, outputs=None):
        """A part of this run with a record of its own."""
        self._children += 1
        child = run_id or "{}_{}".format(self._id, self._children)
        return Run(self._experiment, child, _scope={"child": child})

    def get_children(self, *args, **kwargs):
        return iter(())

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is None:
            self.complete()
        else:
            self.fail("{}: {}".format(kind.__name__, error))

    def __repr__(self):
        return "Run(Experiment: {}, Id: {}, Type: {}, Status: {})".format(
            self._experiment.name, self._id, self.type, self._status)

    def __getattr__(self, name):
        # An AttributeError, so that hasattr() tells what there is.
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(str(explain("azureml.core.Run." + name)))

    # --- inside ------------------------------------------------------------

    def _remember(self, name, value):
        # setdefault and append are atomic: no lock, none to break in a fork.
        self._metrics.setdefault(str(name), []).append(value)

    def _write(self, record):
        """Append RECORD, marked as the parent's or a child's if it is."""
        record.update(self._scope)
        _records.append(self._path, record)

    def _metric(self, record, kind):
        """What is too long for a line becomes a file beside it."""
        if len(_records.encode(record)) > _records.LONGEST:
            stored, target = self._place(_file_name(record["name"]) + ".json")
            _write_json(record.pop(kind), target)
            record["artifact"] = stored
        self._write(record)

    def _log_artifact(self, name, value):
        """A document: JSON as text, or what becomes JSON."""
        stored, target = self._place(_file_name(name) + ".json")
        if isinstance(value, str):
            _write_text(value, target)
        else:
            _write_json(_records.tree(value), target)
        self._remember(name, stored)
        self._metric({"name": _name(name), "artifact": stored}, "artifact")

    def _end(self, status, mark, detail):
        record = {"mark": mark}
        if detail is not None:
            record["detail"] = detail
        self._status = status
        self._write(record)

    def _place(self, name):
        """The name in the record and the path of artifact NAME."""
        base = os.environ.get("HDRIVE_OUTPUTS", "outputs")
        parts = [part for part in str(name).replace("\\", "/").split("/")
                 if part not in ("", ".")]
        if parts and parts[0] == "outputs":
            parts = parts[1:]
        if not parts or ".." in parts:
            raise UserErrorException(
                "artifact name '{}' must be a path below outputs/".format(name))
        target = os.path.join(base, *parts)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        return "/".join(["outputs"] + parts), target


class _OfflineRun(Run):
    """Outside a trial: says what it would log, in the real one's words."""

    def __init__(self):
        digits = os.urandom(16).hex()
        super(_OfflineRun, self).__init__(
            run_id="OfflineRun_" + "-".join(
                (digits[:8], digits[8:12], digits[12:16], digits[16:20],
                 digits[20:])), _scope={})

    @property
    def experiment(self):
        # As the real one: scripts ask hasattr(run, "experiment").
        raise AttributeError("an offline run has no experiment")

    @property
    def parent(self):
        return None

    def child_run(self, name=None, run_id=None, outputs=None):
        return _OfflineRun()

    def log_image(self, name, path=None, plot=None, description=""):
        self._say("image", name, path if path is not None else plot)

    def upload_file(self, name, path_or_stream, datastore_name=None):
        print("Attempted to track file {} at {}".format(name, path_or_stream))

    def upload_folder(self, name, path, datastore_name=None):
        print("Attempted to track folder {} at {}".format(name, path))

    def __repr__(self):
        return "Run(Id: {}, Status: {})".format(self._id, self._status)

    def _say(self, kind, name, value):
        print("Attempted to log {} metric {}:\n{}".format(kind, name, value))

    def _log_artifact(self, name, value):
        self._say("artifact", name, value)

    def _metric(self, record, kind):
        self._say("scalar" if kind == "value" else kind, record["name"],
                  record[kind])

    def _write(self, record):
        """There is no file to write to."""


def _experiment():
    environ = os.environ
    return Experiment(Workspace(environ.get("AZUREML_ARM_SUBSCRIPTION"),
                                environ.get("AZUREML_ARM_RESOURCEGROUP"),
                                environ.get("AZUREML_ARM_WORKSPACE_NAME")),
                      environ.get("AZUREML_ARM_PROJECT_NAME"))


def _name(name):
    try:
        return _records.name_of(name)
    except ValueError as error:
        raise UserErrorException(str(error))


def _file_name(name):
    """NAME as one file's name."""
    return "".join(c if c.isalnum() or c in "-_. " else "_"
                   for c in str(name)).lstrip(".")[:200] or "unnamed"


def _items(value):
    return value.tolist() if hasattr(value, "tolist") else list(value)


def _chunks(values):
    """VALUES in lists that fit a line; an empty list is one too."""
    part, size = [], 0
    for value in values:
        if isinstance(value, str):
            value = value[:8000]
        length = len(_records.encode(value))
        if part and size + length > _records.LONGEST - 4096:
            yield part
            part, size = [], 0
        part.append(value)
        size += length
    yield part


def _copy(source, target):
    import shutil

    if not os.path.isfile(source):
        raise UserErrorException("no file '{}'".format(source))
    # A script may have written it where it belongs.
    if not (os.path.exists(target) and os.path.samefile(source, target)):
        shutil.copyfile(source, target)


def _write(stream, target):
    with open(target, "wb") as file:
        while True:
            block = stream.read(1 << 20)
            if not block:
                break
            file.write(block.encode("utf-8") if isinstance(block, str)
                       else block)


def _write_text(text, target):
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)


def _write_json(value, target):
    import json

    _write_text(json.dumps(value), target)
