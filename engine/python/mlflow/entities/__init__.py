"""What runs are made of. Attributes as the real ones, nothing else."""

__all__ = ["Experiment", "FileInfo", "Metric", "Param", "Run", "RunData",
           "RunInfo", "RunStatus", "RunTag", "ViewType"]


class _Entity(object):
    def __repr__(self):
        return "<{}: {}>".format(type(self).__name__, ", ".join(
            "{}={!r}".format(name, value)
            for name, value in sorted(vars(self).items())))

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None


class Metric(_Entity):
    def __init__(self, key, value, timestamp, step=0, **kwargs):
        self.key = key
        self.value = value
        self.timestamp = timestamp
        self.step = step


class Param(_Entity):
    def __init__(self, key, value):
        self.key = key
        self.value = value


class RunTag(Param):
    pass


class FileInfo(_Entity):
    def __init__(self, path, is_dir, file_size):
        self.path = path
        self.is_dir = is_dir
        self.file_size = file_size


class RunStatus(object):
    RUNNING, SCHEDULED, FINISHED, FAILED, KILLED = range(1, 6)
    _NAMES = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")

    @staticmethod
    def to_string(status):
        return RunStatus._NAMES[status - 1]

    @staticmethod
    def from_string(text):
        return RunStatus._NAMES.index(text) + 1

    @staticmethod
    def is_terminated(status):
        return status in (3, 4, 5, "FINISHED", "FAILED", "KILLED")


class ViewType(object):
    ACTIVE_ONLY, DELETED_ONLY, ALL = range(1, 4)
    _NAMES = ("ACTIVE_ONLY", "DELETED_ONLY", "ALL")

    @staticmethod
    def to_string(view):
        return ViewType._NAMES[view - 1]


class RunInfo(_Entity):
    def __init__(self, run_id, experiment_id, run_name="", status="RUNNING",
                 start_time=0, end_time=None, artifact_uri="", user_id="",
                 lifecycle_stage="active", **kwargs):
        self.run_id = run_id
        self.run_uuid = run_id
        self.experiment_id = experiment_id
        self.run_name = run_name
        self.status = status
        self.start_time = start_time
        self.end_time = end_time
        self.artifact_uri = artifact_uri
        self.user_id = user_id
        self.lifecycle_stage = lifecycle_stage


class RunData(_Entity):
    def __init__(self, metrics=None, params=None, tags=None):
        self.metrics = metrics or {}
        self.params = params or {}
        self.tags = tags or {}


class Run(_Entity):
    def __init__(self, info, data=None):
        self.info = info
        self.data = data or RunData()

    def to_dictionary(self):
        return {"info": dict(vars(self.info)), "data": dict(vars(self.data))}


class Experiment(_Entity):
    def __init__(self, experiment_id, name, artifact_location="",
                 lifecycle_stage="active", tags=None, creation_time=None,
                 last_update_time=None):
        self.experiment_id = experiment_id
        self.name = name
        self.artifact_location = artifact_location
        self.lifecycle_stage = lifecycle_stage
        self.tags = tags or {}
        self.creation_time = creation_time
        self.last_update_time = last_update_time
