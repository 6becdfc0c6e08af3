"""What lives in Azure: names that can be imported and explain themselves."""

from azureml.exceptions import UserErrorException


def explain(what):
    """The exception for WHAT, which needs Azure."""
    return UserErrorException(
        "'{}' needs Azure and is not part of hdrive's azureml.core, which has "
        "a script's Run; install azureml-core for the rest".format(what))


class _Explains(type):
    """A class whose every attribute says that it lives in Azure."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise explain("azureml.core.{}.{}".format(cls.__name__, name))

    def __call__(cls, *args, **kwargs):
        raise explain("azureml.core.{}".format(cls.__name__))


ComputeTarget = _Explains("ComputeTarget", (), {})
Dataset = _Explains("Dataset", (), {})
Datastore = _Explains("Datastore", (), {})
Environment = _Explains("Environment", (), {})
Model = _Explains("Model", (), {})
ScriptRunConfig = _Explains("ScriptRunConfig", (), {})


class Workspace(object):
    """Where a run lives: names only."""

    def __init__(self, subscription_id=None, resource_group=None,
                 workspace_name=None, **kwargs):
        self.name = workspace_name
        self.subscription_id = subscription_id
        self.resource_group = resource_group

    @staticmethod
    def from_config(*args, **kwargs):
        raise explain("azureml.core.Workspace.from_config")

    @staticmethod
    def get(*args, **kwargs):
        raise explain("azureml.core.Workspace.get")

    def __getattr__(self, name):
        # An AttributeError, so that hasattr() and copy() keep their meaning.
        raise AttributeError(str(explain("azureml.core.Workspace." + name)))


class Experiment(object):
    """What a run belongs to: under hdrive, the sweep."""

    def __init__(self, workspace=None, name=None, **kwargs):
        self.workspace = workspace
        self.name = name

    def __getattr__(self, name):
        raise AttributeError(str(explain("azureml.core.Experiment." + name)))
