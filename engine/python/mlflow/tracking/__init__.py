"""MlflowClient: the calls that name their run."""

from mlflow import _fluent, _rest, _run
from mlflow.entities import Run, RunData, ViewType

__all__ = ["MlflowClient", "get_tracking_uri", "set_tracking_uri"]

get_tracking_uri = _fluent.get_tracking_uri
set_tracking_uri = _fluent.set_tracking_uri


class _Page(list):
    """A list that knows whether more is there."""

    token = None


class MlflowClient(object):
    def __init__(self, tracking_uri=None, registry_uri=None):
        """The trial is what is spoken of, whatever the address."""

    # --- runs --------------------------------------------------------------

    def create_run(self, experiment_id, start_time=None, tags=None,
                   run_name=None):
        tags = dict(tags or {})
        return Run(_run.create(run_name, None, tags), RunData(tags=tags))

    def get_run(self, run_id):
        return _rest.run(run_id)

    def get_parent_run(self, run_id):
        return _fluent.get_parent_run(run_id)

    def set_terminated(self, run_id, status=None, end_time=None):
        _run.end(run_id, status or "FINISHED")

    def update_run(self, run_id, status=None, name=None):
        if name:
            _run.tag(run_id, "mlflow.runName", name)
        if status in ("FINISHED", "FAILED", "KILLED"):
            _run.end(run_id, status)
        elif status:
            _run.update(run_id, status=status)

    def delete_run(self, run_id):
        _run.update(run_id, stage="deleted")

    def restore_run(self, run_id):
        _run.update(run_id, stage="active")

    def search_runs(self, experiment_ids, filter_string="",
                    run_view_type=ViewType.ACTIVE_ONLY, max_results=1000,
                    order_by=None, page_token=None):
        found, token = _rest.runs(list(experiment_ids), filter_string,
                                  ViewType.to_string(run_view_type),
                                  max_results, order_by, page_token)
        page = _Page(found)
        page.token = token
        return page

    # --- what is logged ----------------------------------------------------

    def log_metric(self, run_id, key, value, timestamp=None, step=None,
                   **kwargs):
        _run.metric(run_id, key, value, step, timestamp)

    def log_param(self, run_id, key, value, synchronous=None):
        _run.param(run_id, key, value)
        return value

    def set_tag(self, run_id, key, value, synchronous=None):
        _run.tag(run_id, key, value)

    def delete_tag(self, run_id, key):
        _run.untag(run_id, key)

    def log_batch(self, run_id, metrics=(), params=(), tags=(),
                  synchronous=None):
        for item in params:
            _run.param(run_id, item.key, item.value)
        for item in metrics:
            _run.metric(run_id, item.key, item.value, item.step,
                        item.timestamp)
        for item in tags:
            _run.tag(run_id, item.key, item.value)

    def get_metric_history(self, run_id, key):
        return _rest.history(run_id, key)

    # --- artifacts ---------------------------------------------------------

    def log_artifact(self, run_id, local_path, artifact_path=None):
        _fluent.log_artifact(local_path, artifact_path, run_id)

    def log_artifacts(self, run_id, local_dir, artifact_path=None):
        _fluent.log_artifacts(local_dir, artifact_path, run_id)

    def log_text(self, run_id, text, artifact_file):
        _fluent.log_text(text, artifact_file, run_id)

    def log_dict(self, run_id, dictionary, artifact_file):
        _fluent.log_dict(dictionary, artifact_file, run_id)

    def log_figure(self, run_id, figure, artifact_file, **kwargs):
        _fluent.log_figure(figure, artifact_file, run_id, **kwargs)

    def list_artifacts(self, run_id, path=None):
        return _rest.artifacts(run_id, path)

    # --- experiments -------------------------------------------------------

    def get_experiment(self, experiment_id):
        return _fluent.get_experiment(experiment_id)

    def get_experiment_by_name(self, name):
        return _fluent.get_experiment_by_name(name)

    def create_experiment(self, name, artifact_location=None, tags=None):
        return _fluent.create_experiment(name)

    def search_experiments(self, *args, **kwargs):
        return [_fluent.get_experiment(None)]

    def set_experiment_tag(self, experiment_id, key, value):
        """A trial does not change its sweep."""
