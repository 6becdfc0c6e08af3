"""hdrive's stand-in for MLflow, as far as a training script needs it.

What a script logs goes to its trial's metrics file, $HDRIVE_METRICS, and its
artifacts to $HDRIVE_OUTPUTS, as if the real client had sent them to the trial's
server. Where the real MLflow is installed this package steps back and the real
one is imported. Outside a trial what is logged is printed.
"""

from _hdrive import stepback

_spec = stepback.find_others("mlflow", __file__)
if _spec is not None:
    stepback.step_back("mlflow", __file__, _spec)
else:
    from mlflow import entities, exceptions, tracking
    from mlflow._autolog import autolog
    from mlflow._fluent import (active_run, create_experiment, delete_run,
                                delete_tag, end_run, get_artifact_uri,
                                get_experiment, get_experiment_by_name,
                                get_parent_run, get_run, get_tracking_uri,
                                is_tracking_uri_set, last_active_run,
                                log_artifact, log_artifacts, log_dict,
                                log_figure, log_image, log_input, log_metric,
                                log_metrics, log_param, log_params, log_table,
                                log_text, search_runs, set_experiment,
                                set_experiment_tag, set_experiment_tags,
                                set_registry_uri, set_tag, set_tags,
                                set_tracking_uri, start_run)
    from mlflow._run import ActiveRun
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient

    __version__ = "0+hdrive"
    __all__ = [name for name in list(globals()) if not name.startswith("_")]


def __getattr__(name):
    """Flavours (mlflow.sklearn, ...) for their autolog; all else explains."""
    if name.startswith("__"):
        raise AttributeError(name)
    from mlflow import _autolog

    return _autolog.flavour(name)
