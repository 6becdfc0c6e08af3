"""autolog(): scikit-learn's models; for others it needs the real MLflow."""

import sys
from types import ModuleType

from mlflow import _sklearn
from mlflow.exceptions import explain

# Those that have an autolog() or a log_model() in the real one.
FLAVOURS = ("catboost", "diviner", "fastai", "gluon", "h2o", "keras",
            "langchain", "lightgbm", "onnx", "openai", "paddle", "pmdarima",
            "prophet", "pyfunc", "pyspark", "pytorch", "shap", "sklearn",
            "spacy", "spark", "statsmodels", "tensorflow", "transformers",
            "xgboost")

_said = []


def autolog(*args, **kwargs):
    """scikit-learn's models log themselves; said once, on stderr."""
    if _said:
        return
    _said.append(True)
    if not kwargs.get("disable") and _sklearn.watch():
        what = "logs models of scikit-learn alone"
    else:
        what = "logs nothing"
    sys.stderr.write("hdrive: mlflow is not installed, so autolog() {}; what "
                     "the script logs itself is kept\n".format(what))


class _Flavour(ModuleType):
    """mlflow.sklearn and its like: autolog() and explanations."""

    def __init__(self, name):
        super(_Flavour, self).__init__("mlflow." + name)
        self.autolog = autolog
        self.__path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise explain(self.__name__.split(".", 1)[1] + "." + name)


def flavour(name):
    """The module mlflow.NAME, or an AttributeError that explains."""
    if name not in FLAVOURS:
        raise explain(name)
    module = sys.modules.get("mlflow." + name)
    if module is None:
        module = sys.modules["mlflow." + name] = _Flavour(name)
    return module


class _Finder(object):
    """``import mlflow.sklearn``: made when it is asked for."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        from importlib.machinery import ModuleSpec

        head, _, name = fullname.partition(".")
        if head != "mlflow" or name not in FLAVOURS:
            return None
        return ModuleSpec(fullname, _Finder, is_package=True)

    @staticmethod
    def create_module(spec):
        return _Flavour(spec.name.split(".", 1)[1])

    @staticmethod
    def exec_module(module):
        """It is whole already."""


sys.meta_path.append(_Finder)
