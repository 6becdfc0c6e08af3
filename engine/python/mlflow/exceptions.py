"""The exceptions that scripts catch."""


class MlflowException(Exception):
    """What MLflow raises."""

    def __init__(self, message, error_code="INTERNAL_ERROR", **kwargs):
        super(MlflowException, self).__init__(message)
        self.message = message
        self.error_code = error_code


class RestException(MlflowException):
    """An answer of the trial's server that is an error."""


def explain(what):
    """An AttributeError for what only the real MLflow has."""
    return AttributeError(
        "'mlflow.{}' is not part of hdrive's mlflow, which logs metrics, "
        "parameters, tags and artifacts; install mlflow, or mlflow-skinny, for "
        "the rest".format(what))
