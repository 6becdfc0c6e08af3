"""The exceptions that scripts catch, under the names they know."""


class AzureMLException(Exception):
    """The base of them all."""

    def __init__(self, exception_message="", inner_exception=None, **kwargs):
        super(AzureMLException, self).__init__(exception_message)
        self.message = exception_message
        self.inner_exception = inner_exception


class UserErrorException(AzureMLException):
    """What was asked for cannot be done."""


class RunEnvironmentException(AzureMLException):
    """There is no run: the script was not started by hdrive."""


class ExperimentExecutionException(AzureMLException):
    """A run could not be started."""


class WebserviceException(AzureMLException):
    """Never raised here; caught by scripts that also deploy."""
