"""autolog() for scikit-learn: a model's parameters and training scores.

The names are the real MLflow's: training_accuracy_score, training_f1_score, ...
What a fit calls within (a pipeline's steps, a search's candidates) is part of it
and logs nothing. Whatever fails here is said, and never fails the script.
"""

import functools
import sys

_TEXT_MOST = 500  # bytes of a parameter: MLflow's own limit

_inside = []  # the fit that is under way
_watched = set()


def watch():
    """Have every estimator's fit() log itself, those to come as well."""
    try:
        from sklearn import base
    except ImportError:
        return False
    if _watched:
        return True
    earlier = base.BaseEstimator.__init_subclass__

    def init_subclass(cls, **kwargs):
        earlier(**kwargs)
        _wrap(cls)

    base.BaseEstimator.__init_subclass__ = classmethod(init_subclass)
    _wrap_below(base.BaseEstimator)
    return True


def _wrap_below(cls):
    _wrap(cls)
    for below in cls.__subclasses__():
        _wrap_below(below)


def _wrap(cls):
    fit = cls.__dict__.get("fit")
    if cls in _watched:
        return
    _watched.add(cls)
    if not callable(fit):
        return

    @functools.wraps(fit)
    def logged_fit(self, *args, **kwargs):
        if _inside:
            return fit(self, *args, **kwargs)
        _inside.append(self)
        try:
            result = fit(self, *args, **kwargs)
            try:
                _log(self, *_data(args, kwargs))
            except Exception as error:  # the script's own work is done
                sys.stderr.write("hdrive: autolog() logged less than it could: "
                                 "{}\n".format(error))
        finally:
            _inside.pop()
        return result

    cls.fit = logged_fit


def _data(args, kwargs):
    x = args[0] if args else kwargs.get("X")
    y = args[1] if len(args) > 1 else kwargs.get("y", kwargs.get("Y"))
    return x, y


def _log(model, x, y):
    import mlflow

    params = {name: str(value)[:_TEXT_MOST]
              for name, value in model.get_params(deep=True).items()}
    mlflow.log_params(params)
    mlflow.set_tags({"estimator_name": type(model).__name__,
                     "estimator_class": type(model).__module__ + "."
                     + type(model).__name__})
    if x is not None and y is not None:
        mlflow.log_metrics(_scores(model, x, y))


def _scores(model, x, y):
    from sklearn import base

    scores = {}
    if base.is_classifier(model):
        scores.update(_of_classes(model, x, y))
    elif base.is_regressor(model):
        scores.update(_of_numbers(model, x, y))
    if hasattr(model, "score"):
        scores["training_score"] = float(model.score(x, y))
    return scores


def _of_classes(model, x, y):
    from sklearn import metrics

    told = model.predict(x)
    scores = {"training_accuracy_score": metrics.accuracy_score(y, told)}
    for name, score in (("precision", metrics.precision_score),
                        ("recall", metrics.recall_score),
                        ("f1", metrics.f1_score)):
        scores["training_" + name + "_score"] = score(y, told, average="weighted")
    if hasattr(model, "predict_proba"):
        chances = model.predict_proba(x)
        scores["training_log_loss"] = metrics.log_loss(y, chances,
                                                       labels=model.classes_)
        if chances.shape[1] == 2:
            chances = chances[:, 1]
        scores["training_roc_auc"] = metrics.roc_auc_score(
            y, chances, average="weighted", multi_class="ovo")
    return {name: float(value) for name, value in scores.items()}


def _of_numbers(model, x, y):
    from sklearn import metrics

    told = model.predict(x)
    square = float(metrics.mean_squared_error(y, told))
    return {"training_mean_squared_error": square,
            "training_root_mean_squared_error": square ** 0.5,
            "training_mean_absolute_error":
                float(metrics.mean_absolute_error(y, told)),
            "training_r2_score": float(metrics.r2_score(y, told))}
