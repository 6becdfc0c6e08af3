"""hdrive from Python: studies to ask and tell, sweeps, and scripts in trials.

    import hdrive

    study = hdrive.Study({"lr": hdrive.logspan(1e-4, 1), "opt": ["adam", "sgd"]})
    for trial in study:                       # or: study.optimize(f, 50)
        study.tell(trial, train(**trial.params))
        if trial.number == 49:
            break
    print(study.best)

    result = hdrive.sweep("sweep.yml", ["python", "train.py"])

and in train.py, inside a trial or by hand:

    if hdrive.log(loss=0.25, step=3):         # True: please stop
        ...

One file and the standard library: it loads libhdrive.so.0 when the first study
or sweep wants it, and what scripts in a trial use does without. The reference
is docs/reference/python.md.
"""

import collections
import ctypes
import json
import math
import operator
import os
import queue
import re
import shutil
import struct
import sys
import threading
import time
import warnings
import weakref

__version__ = "0.1.0"

__all__ = [
    "Error", "Exhausted", "Interrupted", "Best", "Study", "Trial", "Results",
    "sweep", "resume", "results",
    "choice", "randint", "uniform", "quniform", "loguniform", "qloguniform",
    "normal", "qnormal", "lognormal", "qlognormal", "logspan", "intspan", "branch",
    "log", "should_stop", "params", "seed", "in_trial", "outputs", "checkpoints",
]


def _step_back():
    """In a trial, whose PYTHONPATH begins with our folder: a package of this
    name that the user has installed is what his scripts mean."""
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    here = os.path.dirname(os.path.abspath(__file__))
    path = [os.path.abspath(entry or os.curdir) for entry in sys.path]
    if not os.environ.get("HDRIVE_METRICS") or here not in path:
        return
    if not os.path.isdir(os.path.join(here, "_hdrive")):
        return
    spec = PathFinder.find_spec("hdrive", sys.path[path.index(here) + 1:])
    # A mere folder of that name has no origin.
    if spec is None or spec.loader is None or spec.origin is None:
        return
    real = module_from_spec(spec)
    sys.modules[__name__] = real
    spec.loader.exec_module(real)


if __name__ == "hdrive":
    _step_back()


# --- scripts inside a trial ------------------------------------------------

def in_trial():
    """Whether this process runs in a trial."""
    return bool(os.environ.get("HDRIVE_METRICS"))


def log(values=None, /, *, step=None, **more):
    """Log metrics: log(loss=0.25), log({"val loss": 0.3}, step=4).

    Returns should_stop(). Outside a trial the values are printed.
    """
    metrics = dict(values or {}, **more)
    records = [_record(name, value, step) for name, value in metrics.items()]
    path = os.environ.get("HDRIVE_METRICS")
    if path:
        _append(path, records)
    elif records:
        print(("" if step is None else "step {}: ".format(step)) + " ".join(
            "{}={}".format(record["name"], record["value"]) for record in records))
    return should_stop()


def should_stop():
    """Whether the trial is asked to end: by its policy, a limit or the user."""
    folder = os.environ.get("HDRIVE_DIR")
    return bool(folder) and os.path.exists(os.path.join(folder, "stop"))


def params(**defaults):
    """The trial's parameters as a dict, names without leading dashes.

    DEFAULTS stand where the trial has no such parameter; outside a trial they
    are all there is.
    """
    path = os.environ.get("HDRIVE_PARAMS")
    if path:
        with open(path, encoding="utf-8") as file:
            defaults.update(_undashed(json.load(file)))
    return defaults


def seed(default=None):
    """The trial's own seed; DEFAULT outside a trial."""
    text = os.environ.get("HDRIVE_SEED")
    return int(text) if text else default


def outputs(*names):
    """The path of a file that is kept with the trial, below outputs/."""
    return _place("HDRIVE_OUTPUTS", "outputs", names)


def checkpoints(*names):
    """The path of a file that every attempt of the trial finds again."""
    return _place("HDRIVE_CHECKPOINTS", "checkpoints", names)


def _place(variable, default, names):
    path = os.path.join(os.environ.get(variable) or default, *names)
    os.makedirs(os.path.dirname(path) if names else path, exist_ok=True)
    return path


def _undashed(values):
    return {name.lstrip("-"): value for name, value in values.items()}


def _record(name, value, step):
    text = "".join(c if c >= " " and c != "\x7f" else " " for c in str(name))
    text = text.encode("utf-8", "replace")[:255].decode("utf-8", "ignore")
    if not text:
        raise ValueError("a metric needs a name")
    record = {"name": text, "value": _logged(text, value)}
    if step is not None:
        record["step"] = operator.index(step)
    return record


def _logged(name, value):
    """A number, or a text: a bool is no measurement."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (str, int, float)):
        return value[:8000] if isinstance(value, str) else value
    try:  # numpy's and torch's scalars have item()
        return _logged(name, value.item()) if hasattr(value, "item") else float(value)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError("metric '{}' must be a number or a text, not {}".format(
            name, type(value).__name__)) from None


def _append(path, records):
    """One write() to a file opened for appending: threads, forks and other
    programs of the trial may log beside each other."""
    for record in records:
        record["ts"] = time.time()
    lines = "".join(json.dumps(record, ensure_ascii=False, separators=(",", ":"))
                    + "\n" for record in records).encode("utf-8", "replace")
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        if os.write(fd, lines) != len(lines):
            raise OSError("no space was left for all metrics in " + path)
    finally:
        os.close(fd)


# --- parameter spaces ------------------------------------------------------

class _Expression:
    """How a parameter's value is drawn; docs/reference/expressions.md."""

    __slots__ = ("name", "values")

    def __init__(self, name, *values):
        self.name, self.values = name, list(values)

    def __repr__(self):
        return "hdrive.{}({})".format(self.name, ", ".join(map(repr, self.values)))


class _Branch:
    """An option of a choice that carries parameters."""

    __slots__ = ("name", "parameters")

    def __init__(self, name, parameters):
        self.name, self.parameters = name, parameters

    def __repr__(self):
        return "hdrive.branch({!r}, {!r})".format(self.name, self.parameters)


def choice(options, *more):
    """One of the options, each as likely: a list, or the options themselves."""
    alone = not more and not isinstance(options, str) and _is_list(options)
    return _Expression("choice", *(_listed(options) if alone else (options,) + more))


def randint(upper):
    """A whole number from 0 to UPPER - 1."""
    return _Expression("randint", upper)


def uniform(low, high):
    """A number between LOW and HIGH."""
    return _Expression("uniform", low, high)


def quniform(low, high, q):
    """uniform, rounded to a multiple of Q."""
    return _Expression("quniform", low, high, q)


def loguniform(low, high):
    """exp(uniform(LOW, HIGH)): LOW and HIGH are exponents, see logspan()."""
    return _Expression("loguniform", low, high)


def qloguniform(low, high, q):
    """loguniform, rounded to a multiple of Q."""
    return _Expression("qloguniform", low, high, q)


def normal(mu, sigma):
    """Normally distributed; SIGMA is a standard deviation."""
    return _Expression("normal", mu, sigma)


def qnormal(mu, sigma, q):
    """normal, rounded to a multiple of Q."""
    return _Expression("qnormal", mu, sigma, q)


def lognormal(mu, sigma):
    """exp(normal(MU, SIGMA))."""
    return _Expression("lognormal", mu, sigma)


def qlognormal(mu, sigma, q):
    """lognormal, rounded to a multiple of Q."""
    return _Expression("qlognormal", mu, sigma, q)


def logspan(low, high):
    """Evenly in the logarithm between the values LOW and HIGH: 1e-5, 1e-1."""
    if not 0 < low <= high < math.inf:
        raise Error("HD_EINVAL", "logspan({!r}, {!r}): both must be greater than 0, the "
                    "second not the smaller".format(low, high))
    return loguniform(math.log(low), math.log(high))


def intspan(low, high, log=False):
    """A whole number from LOW to HIGH, both included; each as likely, or with
    LOG evenly in the logarithm."""
    low, high = operator.index(low), operator.index(high)
    if low > high or (log and low < 1):
        raise Error("HD_EINVAL", "intspan({}, {}): the second must not be the smaller{}".format(
            low, high, ", the first at least 1" if log else ""))
    # Half a step beyond the ends but a little, as in "hdrive run -p n=1..8".
    if log:
        return qloguniform(math.log(low - 0.4999), math.log(high + 0.4999), 1)
    if low == 0:
        return randint(high + 1)
    return quniform(low - 0.4999, high + 0.4999, 1)


def branch(name, parameters=None, **more):
    """An option of a choice whose PARAMETERS exist only where it is drawn:
    "model": ["bayes", hdrive.branch("svm", {"C": hdrive.logspan(0.1, 10)})]."""
    return _Branch(name, dict(parameters or {}, **more))


def _is_list(value):
    return isinstance(value, (list, tuple, range)) or (
        hasattr(value, "tolist") and getattr(value, "ndim", 0) > 0)


def _listed(value):
    return value.tolist() if hasattr(value, "tolist") else list(value)


def _holds_expression(value):
    if isinstance(value, dict):
        return any(_holds_expression(item) for item in value.values())
    return isinstance(value, (_Expression, _Branch)) or (
        _is_list(value) and any(_holds_expression(item) for item in _listed(value)))


def _option(option):
    if isinstance(option, _Branch):
        return {option.name: _inside(option.parameters)} if option.parameters else option.name
    if isinstance(option, dict) and _holds_expression(option):
        # {"svm": {"C": ...}}: one name over parameters; else parameters.
        only = list(option.values())
        if len(only) == 1 and isinstance(only[0], dict):
            return {name: _inside(item) for name, item in option.items()}
        return _inside(option)
    return option


def _written(expression):
    """Its arguments as the file has them; a choice's are one list."""
    if expression.name == "choice":
        return [[_option(option) for option in expression.values]]
    return expression.values


def _inside(parameters):
    """The parameters of a branch: lists are choices, as outside."""
    made = {}
    for name, value in parameters.items():
        if _is_list(value):
            value = _Expression("choice", *_listed(value))
        if isinstance(value, _Expression):
            value = {"expression": value.name, "values": _written(value)}
        made[name] = value
    return made


def _parameter(name, value):
    """One line of a file's parameter_space."""
    if not isinstance(name, str):
        raise Error("HD_EINVAL", "a parameter's name must be a text, got {!r}".format(name))
    if isinstance(value, dict) and "expression" in value:
        return _encode(name, dict({"name": name}, **value))
    if isinstance(value, (dict, _Branch)):
        raise Error("HD_EINVAL", "{}: a parameter is a list of options, an expression such as "
                    "hdrive.uniform(0, 1), or one value; got {!r}".format(name, value))
    if _is_list(value):
        value = _Expression("choice", *_listed(value))
    elif not isinstance(value, _Expression):
        value = _Expression("choice", value)
    return _encode(name, {"name": name, "expression": value.name, "values": _written(value)})


def _parameters(space):
    if not isinstance(space, dict):
        raise Error("HD_EINVAL", "a space must be a dict of parameters, got {!r}".format(space))
    return [_parameter(name, value) for name, value in space.items()]


# What JSON may hold as it stands and YAML may not.
_UNWRITABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def _encode(what, value):
    """VALUE as JSON that is YAML; WHAT it is, for messages."""
    def plain(item):
        if hasattr(item, "tolist"):
            return item.tolist()
        if hasattr(item, "item"):
            return item.item()
        if isinstance(item, range):
            return list(item)
        raise TypeError("{!r} is no number, text, bool, None, list or dict".format(item))
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=plain)
        text.encode("utf-8")
    except (TypeError, ValueError) as error:
        raise Error("HD_EINVAL", "{}: {}".format(what, error)) from None
    return _UNWRITABLE.sub(lambda found: "\\u%04x" % ord(found.group()), text)


# --- the library -----------------------------------------------------------

_SONAME = "libhdrive.so.0"

# enum hd_code: answers that are no errors
_EXHAUSTED, _STOP, _ENDED = 1, 2, 3
# enum hd_trial_state
_COMPLETED, _FAILED, _CANCELED = 4, 5, 6
# enum hd_value_kind
_ABSENT, _NULL, _BOOL, _INTEGER, _REAL, _TEXT, _JSON, _BRANCH = range(8)
# enum hd_store_mode
_READ, _WRITE, _CREATE = range(3)

_P, _S, _N = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
_I, _L, _U, _D, _B = (ctypes.c_int, ctypes.c_int64, ctypes.c_uint64, ctypes.c_double,
                      ctypes.c_bool)


def _layout(name, *fields):
    """A public struct; tests compare it with engine/package/libhdrive.abi."""
    return type(name, (ctypes.Structure,), {"_fields_": list(fields)})


_CError = _layout("hd_error", ("code", _I), ("text", ctypes.c_char * 768))
_Mark = _layout("hd_mark", ("file", _S), ("line", _N), ("column", _N))
_Finding = _layout("hd_finding", ("severity", _I), ("mark", _Mark), ("text", _S),
                   ("excerpt", _S))
_Value = _layout("hd_value", ("kind", _I), ("number", _D), ("integer", _L), ("text", _P),
                 ("length", _N), ("option", _N))
_Expr = _layout("hd_expr", ("kind", _I), ("a", _D), ("b", _D), ("q", _D),
                ("option_count", _N), ("options", ctypes.POINTER(_Value)))
_Param = _layout("hd_param", ("name", _S), ("expr", _Expr), ("mark", _Mark), ("parent", _N),
                 ("branch", _N))
_Reason = _layout("hd_reason", ("mine", _D), ("limit", _D), ("compared", _N),
                  ("text", ctypes.c_char * 256), ("pauses", _B))
_Load = _layout("hd_config_load", ("size", _N), ("sets", _P), ("set_count", _N),
                ("strict", _B), ("azure", _B), ("metric_patterns", _P),
                ("metric_pattern_count", _N), ("inputs", _P), ("input_count", _N),
                ("stored", _B))
_StudyOptions = _layout(
    "hd_study_options", ("size", _N), ("space", _P), ("sampler", _P), ("sampler_options", _P),
    ("goal", _I), ("seed", _U), ("max_total", _N), ("concurrency", _N), ("config", _P),
    ("policy", _P), ("policy_options", _P), ("evaluation_interval", _N),
    ("delay_evaluation", _N), ("endless", _B), ("promotes", _N))
_SweepOptions = _layout(
    "hd_sweep_options", ("size", _N), ("name", _S), ("has_seed", _B), ("seed", _U),
    ("max_concurrent", _N), ("command", _P), ("command_count", _N), ("program", _P),
    ("experiment", _S), ("source", _S), ("launcher", _S), ("python_path", _S), ("grace", _D),
    ("environment", _P), ("event", _P), ("user", _P), ("gpus", _S), ("gpus_per_trial", _N),
    ("cpus_per_trial", _N), ("no_snapshot", _B), ("snapshot_bytes", _U),
    ("snapshot_files", _N), ("sets", _P), ("set_count", _N), ("text", _S), ("path", _S),
    ("accept_space", _B), ("stop", _B), ("only", _P), ("only_count", _N), ("settle", _B),
    ("retry_failed", _B), ("retry_memory", _B), ("retry_timeout", _B), ("retry", _P),
    ("retry_count", _N))
_Program = _layout(
    "hd_program", ("shell", _B), ("words", _P), ("word_count", _N), ("wrapper", _P),
    ("wrapper_count", _N), ("bindings", _P), ("binding_count", _N), ("environment", _P),
    ("environment_count", _N), ("experiment", _S), ("source", _S), ("time_limit", _D),
    ("distribution", _I), ("processes", _N), ("servers", _N), ("container", _P),
    ("container_count", _N), ("configuration", _S), ("launcher", _S))
# Its first fields: what else a config has is the library's to know.
_ConfigHead = _layout("hd_config", ("path", _S), ("text", _S), ("space", _P),
                      ("program", ctypes.POINTER(_Program)))
_SweepRow = _layout(
    "hd_sweep_row", ("key", _L), ("id", _S), ("name", _S), ("state", _S), ("end", _I),
    ("end_detail", _S), ("metric", _S), ("goal", _I), ("sampler", _S), ("policy", _S),
    ("command", _S), ("config_path", _S), ("config_text", _S), ("folder", _S), ("seed", _U),
    ("max_total", _N), ("max_concurrent", _N), ("max_duration", _D), ("created", _L),
    ("started", _L), ("ended", _L), ("counts", _N * 7), ("trials", _N), ("best_trial", _L),
    ("best", _D))
_TrialRow = _layout(
    "hd_trial_row", ("key", _L), ("number", _N), ("id", _S), ("state", _I), ("end", _I),
    ("end_detail", _S), ("parameters", _S), ("arguments", _S), ("folder", _S),
    ("exit_code", _I), ("exit_signal", _I), ("attempt", ctypes.c_uint), ("pid", _L),
    ("created", _L), ("started", _L), ("ended", _L), ("cpu_seconds", _D), ("max_rss", _L),
    ("intervals", _N), ("has_metric", _B), ("best", _D), ("last", _D), ("value", _D))
_MetricRow = _layout(
    "hd_metric_row", ("trial", _N), ("sequence", _N), ("name", _S), ("value", _D),
    ("text", _S), ("has_step", _B), ("step", _L), ("interval", _N), ("source", _S),
    ("rule", _S), ("time", _L))
_Out = _layout("hd_out", ("write", _P), ("user", _P), ("width", _N), ("color", _B),
               ("now", _L))

# struct hd_value, native sizes and alignment: read without an object each.
_VALUE = struct.Struct("@idqPNN")

_Write = ctypes.CFUNCTYPE(_I, _P, _P, _N)
_Event = ctypes.CFUNCTYPE(None, _P, _P)
_SweepFn = ctypes.CFUNCTYPE(_I, _P, ctypes.POINTER(_SweepRow))
_TrialFn = ctypes.CFUNCTYPE(_I, _P, ctypes.POINTER(_TrialRow))
_MetricFn = ctypes.CFUNCTYPE(_I, _P, ctypes.POINTER(_MetricRow))

# What is called of it: the result, then the arguments.
_FUNCTIONS = {
    "hd_version": (_S,),
    "hd_code_name": (_S, _I),
    "hd_findings_new": (_P,),
    "hd_findings_free": (None, _P),
    "hd_findings_kept": (_N, _P),
    "hd_findings_at": (ctypes.POINTER(_Finding), _P, _N),
    "hd_config_open": (_I, _P, _S, _P, _P, _P),
    "hd_config_parse": (_I, _P, _S, _N, _S, _P, _P, _P),
    "hd_config_free": (None, _P),
    "hd_program_check": (_I, _P, _S, _P),
    "hd_space_count": (_N, _P),
    "hd_space_param": (ctypes.POINTER(_Param), _P, _N),
    "hd_store_locate": (_I, _P, _S, _S, _P),
    "hd_store_open": (_I, _P, _S, _I, _P),
    "hd_store_close": (None, _P),
    "hd_store_find_sweep": (_I, _P, _S, _P, _P),
    "hd_store_sweep": (_I, _P, _L, _SweepFn, _P, _P),
    "hd_store_trials": (_I, _P, _L, _P, _TrialFn, _P, _P),
    "hd_store_metrics": (_I, _P, _L, _L, _S, _MetricFn, _P, _P),
    "hd_study_new": (_I, _P, _P, _P),
    "hd_study_create": (_I, _P, _P, _S, _P, _P),
    "hd_study_open": (_I, _P, _P, _L, _P),
    "hd_study_free": (None, _P),
    "hd_study_ask": (_I, _P, _S, _P, _P, _P),
    "hd_study_intervals": (_N, _P, _N),
    "hd_study_report": (_I, _P, _N, _S, _D, _P, _P),
    "hd_study_tell": (_I, _P, _N, _S, _D, _P),
    "hd_study_end": (_I, _P, _N, _S, _I, _S, _P),
    "hd_study_enqueue": (_I, _P, _S, _P),
    "hd_study_add": (_I, _P, _S, _P, _N, _I, _S, _P, _P),
    "hd_study_stop": (_I, _P, _P),
    "hd_study_best": (_I, _P, _P, _P, _P),
    "hd_study_refresh": (_I, _P, _P),
    "hd_study_history": (_P, _P),
    "hd_study_value": (_D, _P, _N),
    "hd_study_note": (_S, _P),
    "hd_study_space": (_P, _P),
    "hd_study_seed": (_U, _P),
    "hd_study_name": (_S, _P),
    "hd_history_count": (_N, _P),
    "hd_history_trial": (_P, _P, _N),
    "hd_history_goal": (_I, _P),
    "hd_goal_name": (_S, _I),
    "hd_trial_state": (_I, _P),
    "hd_trial_state_name": (_S, _I),
    "hd_trial_end": (_I, _P),
    "hd_end_name": (_S, _I),
    "hd_trial_values": (_P, _P),
    "hd_trial_intervals": (_N, _P),
    "hd_trial_value": (_D, _P, _N),
    "hd_sweep_new": (_I, _P, _P, _P, _P, _P),
    "hd_sweep_resume": (_I, _P, _P, _L, _P, _P),
    "hd_sweep_run": (_I, _P, _P),
    "hd_sweep_stop": (None, _P, _B),
    "hd_sweep_free": (None, _P),
    "hd_sweep_key": (_L, _P),
    "hd_sweep_name": (_S, _P),
    "hd_report_event": (_I, _P, _S, _P),
}

_loaded = None
_load_lock = threading.Lock()


def _places():
    """Where the library may lie: of a build, then of an installation."""
    import sysconfig

    here = os.path.dirname(os.path.realpath(__file__))
    prefix = os.path.normpath(os.path.join(here, "..", "..", ".."))
    yield os.path.dirname(here)
    yield os.path.join(prefix, "lib")
    yield os.path.join(prefix, "lib", sysconfig.get_config_var("MULTIARCH") or "")
    yield os.path.join(prefix, "lib64")


def _open_library():
    given = os.environ.get("HDRIVE_LIBRARY")
    paths = [given] if given else [path for path in (
        os.path.join(place, _SONAME) for place in _places()) if os.path.exists(path)]
    try:
        return ctypes.CDLL(paths[0] if paths else _SONAME)
    except OSError as error:
        raise Error("HD_ENOENT", "cannot load {}: {}; HDRIVE_LIBRARY may name it".format(
            paths[0] if paths else _SONAME, error)) from None


def _check_version(library):
    """Of a 0.x the second number is the one that counts."""
    library.hd_version.restype = _S
    found = library.hd_version().decode()
    if found.split(".")[:2] != __version__.split(".")[:2]:
        raise Error("HD_EVERSION", "this hdrive.py is of version {}, the libhdrive it found of "
                    "version {}: they must be of one".format(__version__, found))


def _library():
    """libhdrive, loaded when it is first wanted."""
    global _loaded
    with _load_lock:
        if _loaded is None:
            library = _open_library()
            _check_version(library)
            for name, (result, *arguments) in _FUNCTIONS.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
            library.free = ctypes.CDLL(None).free
            library.free.restype, library.free.argtypes = None, [_P]
            _loaded = library
    return _loaded


class Error(Exception):
    """What went wrong: code is a name such as "HD_ENOENT", str() the message."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code

    def __reduce__(self):
        return type(self), (self.code, str(self))


class Exhausted(Error):
    """There is no next trial: the space has no point left, all the trials that
    a study was meant to have are there, or it was ended (code HD_ESTATE)."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C ended a sweep; all is saved, and result has what came of it."""

    def __init__(self, result):
        super().__init__("the sweep '{0}' was stopped and saved; go on with: hdrive resume "
                         "{0}".format(result.name))
        self.result = result


def _error(library, code, err):
    name = library.hd_code_name(code).decode()
    return Error(name, err.text.decode("utf-8", "replace") or name)


def _call(function, *arguments):
    """Call what takes an error last; an answer that is none is returned."""
    err = _CError()
    code = function(*arguments, ctypes.byref(err))
    if code < 0:
        raise _error(_library(), code, err)
    return code


def _bytes(text, what):
    """TEXT for C, which knows neither half characters nor a NUL in a text."""
    try:
        made = os.fspath(text).encode("utf-8") if not isinstance(text, bytes) else text
    except UnicodeEncodeError as error:
        raise Error("HD_EINVAL", "{}: {}".format(what, error)) from None
    if b"\0" in made:
        raise Error("HD_EINVAL", "{} must not hold a NUL character".format(what))
    return made


def _maybe(text, what):
    return None if text is None else _bytes(text, what)


def _whole(number, what):
    """A whole number for C, whose own would wrap around; None is 0."""
    number = 0 if number is None else operator.index(number)
    if not 0 <= number < 1 << 64:
        raise Error("HD_EINVAL", "{} must be from 0 to 2^64 - 1, got {}".format(what, number))
    return number


def _list(texts, what):
    """An array of texts for C, with a NULL behind."""
    made = [_bytes(text, what) for text in texts]
    return (_S * (len(made) + 1))(*made)


def _address(array):
    return ctypes.cast(array, _P)


def _open_store(library, store, mode):
    """The handle of the store at the path STORE; None: as the command line
    finds one."""
    found = _P()
    override = store or os.environ.get("HDRIVE_DB") or None
    _call(library.hd_store_locate, ctypes.byref(found), b".", _maybe(override, "store"))
    path = ctypes.string_at(found.value)
    library.free(found)
    handle = _P()
    _call(library.hd_store_open, ctypes.byref(handle), path, mode)
    return handle.value, path


def _find_sweep(library, store, name):
    key = _L()
    _call(library.hd_store_find_sweep, store, _maybe(name, "name"), ctypes.byref(key))
    return key.value


# --- sweep files -----------------------------------------------------------

class _Source:
    """A sweep file: at a path, or as text whose lines have names."""

    def __init__(self, text=None, path=None, name="sweep", labels=None):
        self.text, self.path, self.name, self.labels = text, path, name, labels or {}


def _source(config):
    """CONFIG as users give it: a dict, a path, or a file's text."""
    if isinstance(config, dict):
        config = dict(config)
        sampling = config.get("sampling")
        if isinstance(sampling, dict) and isinstance(sampling.get("parameter_space"), dict):
            space = [json.loads(line) for line in _parameters(sampling["parameter_space"])]
            config["sampling"] = dict(sampling, parameter_space=space)
        return _Source(text=_encode("config", config), name="config")
    if isinstance(config, str) and ("\n" in config or config.lstrip().startswith("{")):
        return _Source(text=config, name="config")
    return _Source(path=os.fspath(config))


def _typed(what, given, options=()):
    """"bandit", or {"type": "bandit", "slack_factor": 0.1}."""
    made = dict(given) if isinstance(given, dict) else {"type": given}
    if "type" not in made:
        raise Error("HD_EINVAL", "{0}: a dict needs its 'type', as {{'type': ...}}".format(what))
    return dict(made, **dict(options))


def _compose(space, goal, sampler, policy, metric, limits):
    """A file's text, each parameter on a line of its own."""
    lines, labels = [], {}

    def add(line, label):
        lines.append(line)
        labels[len(lines)] = label

    sampling = _encode("sampler", _typed("sampler", sampler))
    add('{"sampling": ' + sampling[:-1] + ', "parameter_space": [', "sampler")
    parameters = _parameters(space)
    for number, (name, line) in enumerate(zip(space, parameters)):
        add(line + ("," if number + 1 < len(parameters) else ""), name)
    add("]},", "space")
    if policy is not None:
        add('"policy": ' + _encode("policy", _typed("policy", policy)) + ",", "policy")
    for key, value in limits.items():
        if value is not None:
            add('"{}": {},'.format(key, _encode(key, value)), "")
    add('"primary_metric_name": {},'.format(_encode("metric", metric)), "metric")
    add('"primary_metric_goal": {}}}'.format(_encode("goal", goal)), "goal")
    return _Source(text="\n".join(lines), name="study", labels=labels)


def _finding_text(source, finding):
    text = finding.text.decode("utf-8", "replace")
    if source.labels:
        label = source.labels.get(finding.mark.line)
        return "{}: {}".format(label, text) if label and "'{}'".format(
            label) not in text else text
    if source.text is not None and "\n" not in source.text:
        return text  # a dict: no place that its writer would know
    return "{}:{}:{}: {}".format(source.path or source.name, finding.mark.line,
                                 finding.mark.column, text)


class _Config:
    """A loaded sweep file, freed with the last who uses it."""

    def __init__(self, library, source, changes=None, inputs=None):
        sets = _list(("{}={}".format(key, value) for key, value in (changes or {}).items()),
                     "changes")
        given = _list(("{}={}".format(key, os.fspath(value)) for key, value in
                       (inputs or {}).items()), "inputs")
        load = _Load(size=ctypes.sizeof(_Load), sets=_address(sets), set_count=len(sets) - 1,
                     inputs=_address(given), input_count=len(given) - 1)
        handle, err = _P(), _CError()
        findings = library.hd_findings_new()
        try:
            if source.text is not None:
                text = source.text.encode("utf-8")
                code = library.hd_config_parse(
                    ctypes.byref(handle), text, len(text), source.name.encode(),
                    ctypes.byref(load), findings, ctypes.byref(err))
            else:
                code = library.hd_config_open(
                    ctypes.byref(handle), _bytes(source.path, "path"), ctypes.byref(load),
                    findings, ctypes.byref(err))
            self._judge(library, source, code, findings, err)
        finally:
            library.hd_findings_free(findings)
        self.handle = handle.value
        weakref.finalize(self, library.hd_config_free, self.handle)

    @staticmethod
    def _judge(library, source, code, findings, err):
        texts = ([], [], [])
        for index in range(library.hd_findings_kept(findings)):
            finding = library.hd_findings_at(findings, index).contents
            texts[finding.severity].append(_finding_text(source, finding))
        if code < 0 and texts[0]:
            raise Error(library.hd_code_name(code).decode(), "\n".join(texts[0]))
        if code < 0:
            raise _error(library, code, err)
        for text in texts[1]:
            warnings.warn(text, stacklevel=_callers_level())


def _callers_level():
    """The stacklevel, for who calls this, of the first line that is not ours."""
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals is globals():
        frame, level = frame.f_back, level + 1
    return level


# --- studies ---------------------------------------------------------------

Best = collections.namedtuple("Best", "number value params")
Best.__doc__ = "The best trial: its number, what it is ranked by, its parameters."

_CLOSED = "the study has been closed"
# What a study without a limit says of it; see "endless".
_ANY_NUMBER = 1000000000

_studies = weakref.WeakSet()


def _after_fork():
    """A thread that is not in the child may hold a lock."""
    global _load_lock
    _load_lock = threading.Lock()
    for study in list(_studies):
        study._lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class Trial:
    """A trial that was asked for: number, params, and what can be said of it."""

    __slots__ = ("number", "params", "client", "stop_reason", "pauses", "_study")

    def __init__(self, study, number, params, client):
        self._study = study
        self.number = number
        self.params = params
        self.client = client
        self.stop_reason = ""
        self.pauses = False

    def __getitem__(self, name):
        try:
            return self.params[name]
        except KeyError:
            return self.params[name.lstrip("-")]

    def __contains__(self, name):
        return name in self.params or name.lstrip("-") in self.params

    def get(self, name, default=None):
        """The parameter, or DEFAULT where this trial does not have it."""
        return self[name] if name in self else default

    @property
    def should_stop(self):
        """Whether the last report() said so."""
        return bool(self.stop_reason)

    @property
    def intervals(self):
        """How many values it has so far: more than 0 of one that was paused
        and goes on (promotes), which begins behind them."""
        return self._study._intervals(self.number)

    def report(self, value):
        """One more value of the metric. Returns why the trial should stop, or
        an empty text: if trial.report(loss): break."""
        return self._study.report(self, value)

    def tell(self, value=None):
        return self._study.tell(self, value)

    def fail(self, why=None):
        return self._study.fail(self, why)

    def cancel(self, why=None):
        return self._study.cancel(self, why)

    def __repr__(self):
        return "Trial({}, {})".format(self.number, self.params)


class Study:
    """Ask for the next trial, run it yourself, tell what came of it.

    In memory; Study.create() and Study.open() keep one in a store, where other
    processes share it. A study may be used by any number of threads, one of
    which is at a time inside a call.

    PROMOTES says that whoever asks can go on with a trial that a policy had
    paused: report() then sets trial.pauses beside the reason to stop, what the
    trial needs is to be kept, and ask() may give it again, with its number and
    trial.intervals values behind it.
    """

    def __init__(self, space, goal="minimize", *, sampler="auto", policy=None, seed=None,
                 max_trials=None, max_failures=None, concurrency=1, metric="value",
                 reduce=None, end_when=None, promotes=False):
        source = _compose(space, goal, sampler, policy, metric, {
            "max_total_runs": _ANY_NUMBER if max_trials is None else max_trials,
            "max_concurrent_runs": concurrency,
            "max_failures": max_failures,
            "end_when": end_when,
            "reduce": reduce})
        self._new(source, None, seed, max_trials is None, promotes)

    @classmethod
    def from_file(cls, file, *, seed=None, changes=None, promotes=False):
        """In memory, from a sweep file: its path, or its text. CHANGES are as
        "hdrive submit --set" has them: {"max_total_runs": 100}."""
        study = cls.__new__(cls)
        study._new(_source(file), changes, seed, False, promotes)
        return study

    @classmethod
    def create(cls, name, space=None, goal="minimize", *, file=None, store=None,
               max_trials=None, sampler="auto", policy=None, seed=None, max_failures=None,
               concurrency=1, metric="value", reduce=None, end_when=None, changes=None,
               promotes=False):
        """A study that is kept in the store as the sweep NAME (None: one that
        is made up), from a space and MAX_TRIALS, or from a sweep FILE."""
        if (space is None) == (file is None):
            raise TypeError("create() takes either a space or a file")
        if file is not None:
            source = _source(file)
        elif max_trials is None:
            raise TypeError("a study that is kept needs max_trials")
        else:
            source = _compose(space, goal, sampler, policy, metric, {
                "max_total_runs": max_trials,
                "max_concurrent_runs": concurrency,
                "max_failures": max_failures,
                "end_when": end_when,
                "reduce": reduce})
        study = cls.__new__(cls)
        study._keep(_CREATE, store, lambda library, handle: study._create(
            library, handle, name, source, changes, seed, promotes))
        return study

    @classmethod
    def open(cls, name="@", *, store=None):
        """Go on with the study NAME of the store, whoever made it."""
        study = cls.__new__(cls)
        study._keep(_WRITE, store, lambda library, handle: _call(
            library.hd_study_open, ctypes.byref(study._made), handle,
            _find_sweep(library, handle, name)))
        return study

    # --- its life ---

    def _begin(self, library):
        self._handle = self._store = None
        self._library = library
        self._config = None
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._made = _P()

    def _new(self, source, changes, seed, endless, promotes):
        library = _library()
        self._begin(library)
        self._config = _Config(library, source, changes)
        options = self._options(seed, promotes)
        options.endless = endless
        if seed is None:
            options.seed = int.from_bytes(os.urandom(4), "little") or 1
        _call(library.hd_study_new, ctypes.byref(self._made), ctypes.byref(options))
        self._attach()

    def _options(self, seed, promotes):
        return _StudyOptions(size=ctypes.sizeof(_StudyOptions), config=self._config.handle,
                             seed=_whole(seed, "a seed"), promotes=bool(promotes))

    def _create(self, library, handle, name, source, changes, seed, promotes):
        if seed == 0:
            raise Error("HD_EINVAL", "the seed of a study that is kept must be at least 1")
        self._config = _Config(library, source, changes)
        _call(library.hd_study_create, ctypes.byref(self._made), handle, _maybe(name, "name"),
              ctypes.byref(self._options(seed, promotes)))

    def _keep(self, mode, store, make):
        library = _library()
        self._begin(library)
        self._store, _ = _open_store(library, store, mode)
        try:
            make(library, self._store)
        except BaseException:
            library.hd_store_close(self._store)
            self._store = None
            raise
        self._attach()

    def _attach(self):
        """What a call needs, made once: ask and tell are to be quick."""
        library = self._library
        self._handle = self._made.value
        self._err, self._number, self._values = _CError(), _N(), _P()
        self._err_ref = ctypes.byref(self._err)
        self._number_ref = ctypes.byref(self._number)
        self._values_ref = ctypes.byref(self._values)
        self._c_ask = library.hd_study_ask
        self._c_tell = library.hd_study_tell
        self._columns = self._read_space()
        self._width = len(self._columns) * _VALUE.size
        _studies.add(self)

    def _read_space(self):
        """Per parameter its name and the options of a choice: all that a value
        in C's words needs to become one in Python's."""
        library, columns = self._library, []
        space = library.hd_study_space(self._handle)
        for index in range(library.hd_space_count(space)):
            param = library.hd_space_param(space, index).contents
            options = []
            for option in param.expr.options[:param.expr.option_count] if \
                    param.expr.option_count else ():
                text = ctypes.string_at(option.text, option.length) if option.text else b""
                options.append(_python_value(option.kind, option.number, option.integer,
                                             text.decode("utf-8", "replace")))
            columns.append((param.name.decode("utf-8", "replace").lstrip("-"), options))
        return columns

    def close(self):
        """Let go of it; what is kept stays in the store."""
        with self._lock:
            handle, store = self._handle, self._store
            self._handle = self._store = None
            if handle:
                self._library.hd_study_free(handle)
            # A connection that came here by a fork is its opener's.
            if store and self._pid == os.getpid():
                self._library.hd_store_close(store)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_handle", None):
            self.close()

    def _why(self, code):
        """The exception of a call that failed."""
        if self._handle is None:
            return Error("HD_ESTATE", _CLOSED)
        if code == _EXHAUSTED:
            return Exhausted("HD_EXHAUSTED", "there is no next trial: the space has no point "
                             "left, or all the trials meant to be run are there")
        return _error(self._library, code, self._err)

    def _why_none(self, code):
        """The same of ask(): a study that is kept ends with its last trial, so
        that whoever comes a little later finds it ended."""
        error = self._why(code)
        if error.code == "HD_ESTATE" and self._handle and self._pid == os.getpid():
            return Exhausted(error.code, str(error))
        return error

    def _do(self, name, *arguments):
        """A call with this study; the lock is held."""
        code = getattr(self._library, name)(self._handle, *arguments, self._err_ref)
        if code < 0:
            raise self._why(code)
        return code

    # --- ask ---

    def ask(self, client=None):
        """The next trial; Exhausted when there is none, or the study was ended.
        A CLIENT, any text, that has an open trial gets that one again."""
        who = None if client is None else _bytes(client, "client")
        with self._lock:
            code = self._c_ask(self._handle, who, self._number_ref, self._values_ref,
                               self._err_ref)
            if code:
                raise self._why_none(code)
            return Trial(self, self._number.value, self._read_values(self._values.value), client)

    def __iter__(self):
        """Trials until there is none."""
        while True:
            try:
                trial = self.ask()
            except Exhausted:
                return
            yield trial

    def _read_values(self, address):
        params = {}
        # No parameter at all is no memory at all.
        raw = ctypes.string_at(address, self._width) if self._width else b""
        for (name, options), (kind, number, integer, _, _, option) in zip(
                self._columns, _VALUE.iter_unpack(raw)):
            if kind == _REAL:
                params[name] = number
            elif kind == _INTEGER:
                params[name] = integer
            elif kind == _JSON:
                params[name] = json.loads(options[option].text)
            elif kind != _ABSENT:
                params[name] = options[option]
        return params

    # --- report and tell ---

    def _who(self, trial, client):
        """The number of TRIAL, a Trial or a number, and who speaks of it."""
        if isinstance(trial, Trial):
            if trial._study is not self:
                raise Error("HD_EINVAL", "trial {} is of another study".format(trial.number))
            number, client = trial.number, trial.client if client is None else client
        else:
            number = operator.index(trial)
            if not 0 <= number < 1 << 64:
                raise Error("HD_ENOENT", "there is no trial {}".format(number))
        return number, None if client is None else _bytes(client, "client")

    def report(self, trial, value, client=None):
        """One more value of a trial that goes on. Returns why it should stop,
        or an empty text."""
        number, who = self._who(trial, client)
        value, reason = float(value), _Reason()
        with self._lock:
            code = self._do("hd_study_report", number, who, value, ctypes.byref(reason))
        why = ""
        if code == _STOP:
            why = reason.text.decode("utf-8", "replace") or "the policy stops it"
        elif code == _ENDED:
            why = "the trial has ended"
        if isinstance(trial, Trial):
            trial.stop_reason = why
            trial.pauses = code == _STOP and reason.pauses
        return why

    def _intervals(self, number):
        with self._lock:
            return self._library.hd_study_intervals(self._handle, number)

    def tell(self, trial, value=None, client=None):
        """The last value of TRIAL, a Trial or a number, which ends it; NaN is
        that of a failed one, None adds none to those it reported. Returns
        False when it had ended before: nothing was changed then."""
        if value is None:
            return self._end(trial, _COMPLETED, None, client)
        number, who = self._who(trial, client)
        value = float(value)
        with self._lock:
            code = self._c_tell(self._handle, number, who, value, self._err_ref)
            if code < 0:
                raise self._why(code)
        return code != _ENDED

    def fail(self, trial, why=None, client=None):
        """TRIAL has failed; as tell()."""
        return self._end(trial, _FAILED, why, client)

    def cancel(self, trial, why=None, client=None):
        """TRIAL was given up; as tell()."""
        return self._end(trial, _CANCELED, why, client)

    def _end(self, trial, state, why, client):
        number, who = self._who(trial, client)
        detail = _maybe(why, "why")
        with self._lock:
            return self._do("hd_study_end", number, who, state, detail) != _ENDED

    def enqueue(self, params):
        """A point, a value for each parameter, to be asked for before what the
        sampler gives."""
        text = _encode("params", params).encode("utf-8")
        with self._lock:
            self._do("hd_study_enqueue", text)

    def add(self, params, value=None, *, failed=False, why=None):
        """A trial that has ended elsewhere, with its value or the list of its
        values. Returns its number."""
        values = [] if value is None else _listed(value) if _is_list(value) else [value]
        curve = (_D * max(len(values), 1))(*map(float, values))
        if not _is_list(value) and values and math.isnan(curve[0]):
            failed, values = True, []
        text, detail = _encode("params", params).encode("utf-8"), _maybe(why, "why")
        with self._lock:
            self._do("hd_study_add", text, curve, len(values),
                     _FAILED if failed else _COMPLETED, detail, self._number_ref)
            return self._number.value

    def stop(self):
        """End the study: open trials are Canceled, no more can be asked for.
        False when it had ended before."""
        with self._lock:
            return self._do("hd_study_stop") != _ENDED

    def optimize(self, function, n_trials=None, *, seconds=None, catch=()):
        """Ask, call FUNCTION with the trial, tell what it returns; N_TRIALS
        times, until SECONDS have gone by, or until there is no next trial.

        A trial whose function raises has failed, and the exception goes on
        unless CATCH has it. Without a value the trial ends with those that it
        reported. Returns the best.
        """
        until = None if seconds is None else time.monotonic() + seconds
        done = 0
        while (n_trials is None or done < n_trials) and (
                until is None or time.monotonic() < until):
            try:
                trial = self.ask()
            except Exhausted:
                break
            self._try(function, trial, catch)
            done += 1
        return self.best

    def _try(self, function, trial, catch):
        try:
            value = function(trial)
            value = None if value is None else float(value)
        except catch as error:
            self.fail(trial, _said(error))
        except Exception as error:
            self.fail(trial, _said(error))
            raise
        except BaseException as error:
            self.cancel(trial, _said(error))
            raise
        else:
            if value is None and not self._has_reports(trial):
                self.fail(trial, "the function returned None")
                raise Error("HD_EINVAL", "the function returned None for trial {}, which has "
                            "reported no value either".format(trial.number))
            self.tell(trial, value)

    def _has_reports(self, trial):
        with self._lock:
            history = self._history()
            return self._library.hd_trial_intervals(
                self._library.hd_history_trial(history, trial.number)) > 0

    # --- what is known ---

    def _history(self):
        """As of now; the lock is held."""
        self._do("hd_study_refresh")
        return self._library.hd_study_history(self._handle)

    @property
    def best(self):
        """The best trial so far, a Best, or None."""
        value = _D()
        with self._lock:
            try:
                self._do("hd_study_best", self._number_ref, ctypes.byref(value))
            except Error as error:
                if error.code == "HD_ENOENT":
                    return None
                raise
            number, library = self._number.value, self._library
            trial = library.hd_history_trial(library.hd_study_history(self._handle), number)
            return Best(number, value.value,
                        self._read_values(library.hd_trial_values(trial)))

    @property
    def trials(self):
        """Every trial as a dict: number, state, end, params, value, values."""
        library = self._library
        with self._lock:
            history = self._history()
            return [self._read_trial(library, library.hd_history_trial(history, number), number)
                    for number in range(library.hd_history_count(history))]

    def _read_trial(self, library, trial, number):
        value = library.hd_study_value(self._handle, number)
        return {
            "number": number,
            "state": library.hd_trial_state_name(library.hd_trial_state(trial)).decode(),
            "end": library.hd_end_name(library.hd_trial_end(trial)).decode(),
            "params": self._read_values(library.hd_trial_values(trial)),
            "value": None if math.isnan(value) else value,
            "values": [library.hd_trial_value(trial, interval + 1)
                       for interval in range(library.hd_trial_intervals(trial))],
        }

    def to_frame(self):
        """trials as a pandas.DataFrame, parameters as columns params_NAME."""
        return _frame(self.trials)

    def _ask_about(self, name):
        with self._lock:
            if self._handle is None:
                raise Error("HD_ESTATE", _CLOSED)
            return getattr(self._library, name)(self._handle)

    @property
    def name(self):
        """Of one that is kept: the sweep's name; else None."""
        name = self._ask_about("hd_study_name")
        return None if name is None else name.decode("utf-8", "replace")

    @property
    def seed(self):
        return self._ask_about("hd_study_seed")

    @property
    def note(self):
        """What the sampler decided by itself, a sentence, or None."""
        note = self._ask_about("hd_study_note")
        return None if note is None else note.decode("utf-8", "replace")

    @property
    def goal(self):
        return self._library.hd_goal_name(self._library.hd_history_goal(
            self._ask_about("hd_study_history"))).decode()


class _JsonText:
    """A list or map: read anew for each trial, which may change its own."""

    __slots__ = ("text",)

    def __init__(self, text):
        self.text = text


def _python_value(kind, number, integer, text):
    if kind == _NULL:
        return None
    if kind == _BOOL:
        return bool(integer)
    if kind == _INTEGER:
        return integer
    if kind == _REAL:
        return number
    return _JsonText(text) if kind == _JSON else text


def _said(error):
    """An exception in a line."""
    text = "{}: {}".format(type(error).__name__, error).replace("\0", " ")
    return text.encode("utf-8", "replace")[:1000].decode("utf-8", "ignore")


def _frame(trials):
    try:
        import pandas
    except ImportError:
        raise ImportError("to_frame() needs pandas: 'trials' is the same as plain lists and "
                          "dicts") from None
    rows = []
    for trial in trials:
        row = {key: value for key, value in trial.items() if key not in ("params", "values")}
        row.update(("params_" + name, value) for name, value in trial["params"].items())
        rows.append(row)
    return pandas.DataFrame(rows)


# --- sweeps ----------------------------------------------------------------

class Results:
    """A sweep as the store had it when this was read.

    name, id, state, end, why, metric, goal, sampler, policy, seed, folder,
    started, ended; best, a Best or None; trials, a list of dicts; metrics.
    """

    def __init__(self, library, store, path, key):
        self._library, self._path, self._key = library, path, key
        self._read_sweep(library, store, key)
        self.trials = self._read_trials(library, store, key)
        best = self.__dict__.pop("_best")
        self.best = None if best is None else Best(
            best[0], best[1], dict(self.trials[best[0]]["params"]))

    def _read_sweep(self, library, store, key):
        def take(_, row):
            row = row.contents
            for name in ("name", "id", "state", "metric", "sampler", "policy", "folder"):
                setattr(self, name, _decoded(getattr(row, name)))
            self.end = library.hd_end_name(row.end).decode()
            self.why = _decoded(row.end_detail)
            self.goal = library.hd_goal_name(row.goal).decode()
            self.seed = row.seed
            self.started, self.ended = _seconds(row.started), _seconds(row.ended)
            self._best = None if row.best_trial < 0 else (row.best_trial, row.best)
            return 0

        _call(library.hd_store_sweep, store, key, _SweepFn(take), None)

    def _read_trials(self, library, store, key):
        trials, curves = [], {}

        def take_value(_, row):
            row = row.contents
            if row.interval > 0:
                curves.setdefault(row.trial, []).append(row.value)
            return 0

        def take(_, row):
            row = row.contents
            started, ended = _seconds(row.started), _seconds(row.ended)
            trials.append({
                "number": row.number,
                "id": _decoded(row.id),
                "state": library.hd_trial_state_name(row.state).decode(),
                "end": library.hd_end_name(row.end).decode(),
                "why": _decoded(row.end_detail),
                "params": _undashed(json.loads(_decoded(row.parameters))),
                "value": row.value if row.has_metric else None,
                "values": curves.get(row.number, []),
                "attempt": row.attempt,
                "exit_code": None if row.exit_code < 0 else row.exit_code,
                "started": started,
                "ended": ended,
                "seconds": ended - started if started and ended else None,
                "folder": _decoded(row.folder),
            })
            return 0

        _call(library.hd_store_metrics, store, key, -1, _bytes(self.metric, "metric"),
              _MetricFn(take_value), None)
        _call(library.hd_store_trials, store, key, None, _TrialFn(take), None)
        return trials

    @property
    def metrics(self):
        """All that was logged, in order: dicts of trial, name, value, step,
        interval (of the primary metric) and time. Read from the store now."""
        rows, library = [], self._library

        def take(_, row):
            row = row.contents
            rows.append({
                "trial": row.trial,
                "name": _decoded(row.name),
                "value": row.value if row.text is None else _decoded(row.text),
                "step": row.step if row.has_step else None,
                "interval": row.interval or None,
                "time": _seconds(row.time),
            })
            return 0

        store = _P()
        _call(library.hd_store_open, ctypes.byref(store), self._path, _READ)
        try:
            _call(library.hd_store_metrics, store, self._key, -1, None, _MetricFn(take), None)
        finally:
            library.hd_store_close(store)
        return rows

    def to_frame(self):
        """trials as a pandas.DataFrame, parameters as columns params_NAME."""
        return _frame(self.trials)

    def __repr__(self):
        return "<hdrive.Results {}: {}, {} trials, best {}>".format(
            self.name, self.state, len(self.trials), self.best)


def _decoded(text):
    return (text or b"").decode("utf-8", "replace")


def _seconds(microseconds):
    return microseconds / 1e6 if microseconds else None


def results(name="@", *, store=None):
    """What the store has of the sweep NAME: its name, its id, a prefix of
    either, or "@" for the latest."""
    library = _library()
    handle, path = _open_store(library, store, _READ)
    try:
        return Results(library, handle, path, _find_sweep(library, handle, name))
    finally:
        library.hd_store_close(handle)


def sweep(config=None, command=None, *, space=None, goal="minimize", metric=None,
          max_trials=None, sampler="auto", policy=None, concurrent=None, store=None, name=None,
          seed=None, on_event=None, changes=None, inputs=None, experiment=None, source=None,
          environment=None, gpus=None, gpus_per_trial=None, cpus_per_trial=None, grace=None,
          snapshot=True):
    """Run a sweep to its end and return its Results.

    CONFIG is a sweep file: its path, its text, or a dict with its keys. In its
    place stand a SPACE, the name of the METRIC, MAX_TRIALS and what Study takes.
    COMMAND is the training program and its words, where the file names none.

    ON_EVENT is called with a dict, as "hdrive submit --json" prints them, by
    the thread that called sweep(); when it returns "stop" or raises, the sweep
    is stopped. Ctrl-C stops it too, a second one at once: Interrupted.
    """
    library = _library()
    if (config is None) == (space is None):
        raise TypeError("sweep() takes either a config or a space")
    if space is None:
        file = _source(config)
    elif metric is None or max_trials is None:
        raise TypeError("a sweep of a space needs a metric and max_trials")
    else:
        file = _compose(space, goal, sampler, policy, metric, {
            "max_total_runs": max_trials, "max_concurrent_runs": concurrent or 1})
    if isinstance(command, str):
        raise TypeError("command must be a list of words: ['python', 'train.py']")
    loaded = _Config(library, file, changes, inputs)
    words = _list(command or (), "command")
    _check_program(library, loaded, words, dict(os.environ, **(environment or {})))
    options = _sweep_options(library, environment, {
        "name": _maybe(name, "name"),
        "has_seed": seed is not None,
        "seed": _whole(seed, "a seed"),
        "max_concurrent": _whole(concurrent, "concurrent"),
        "command": _address(words) if len(words) > 1 else None,
        "command_count": len(words) - 1,
        "experiment": _maybe(experiment, "experiment"),
        "source": _maybe(source, "source"),
        "gpus": _maybe(gpus, "gpus"),
        "gpus_per_trial": _whole(gpus_per_trial, "gpus_per_trial"),
        "cpus_per_trial": _whole(cpus_per_trial, "cpus_per_trial"),
        "grace": grace or 0,
        "no_snapshot": not snapshot,
    })

    def make(handle, out, err):
        return library.hd_sweep_new(out, handle, loaded.handle, ctypes.byref(options), err)

    return _Engine(library, store, _CREATE, options, make, on_event).run()


def resume(name="@", *, store=None, on_event=None, concurrent=None, environment=None,
           grace=None, changes=None):
    """Go on with a sweep of the store after an end, a crash or an interrupt,
    as "hdrive resume" does; CHANGES as {"max_total_runs": 100}."""
    library = _library()
    sets = _list(("{}={}".format(key, value) for key, value in (changes or {}).items()),
                 "changes")
    options = _sweep_options(library, environment, {
        "max_concurrent": _whole(concurrent, "concurrent"),
        "grace": grace or 0,
        "sets": _address(sets),
        "set_count": len(sets) - 1,
    })

    def make(handle, out, err):
        key = _L()
        code = library.hd_store_find_sweep(handle, _maybe(name, "name"), ctypes.byref(key), err)
        return code if code < 0 else library.hd_sweep_resume(
            out, handle, key, ctypes.byref(options), err)

    return _Engine(library, store, _WRITE, options, make, on_event).run()


def _check_program(library, config, words, environment):
    """That there is one, and what starts it, before there is a store."""
    # As much as any later library's struct could want.
    room = (ctypes.c_char * 4096)()
    program = _Program.from_buffer(room)
    own = _ConfigHead.from_address(config.handle).program
    if own:
        ctypes.memmove(room, own, ctypes.sizeof(_Program))
    if len(words) > 1:
        program.shell, program.words, program.word_count = False, _address(words), len(words) - 1
    if program.word_count == 0:
        raise Error("HD_EINVAL", "no command: a sweep needs the training program to run, as "
                    "['python', 'train.py']")
    _call(library.hd_program_check, ctypes.byref(program),
          _maybe(environment.get("PATH"), "PATH"))


def _sweep_options(library, environment, fields):
    launcher, folder = _parts(library)
    variables = _list(("{}={}".format(*pair) for pair in dict(
        os.environ, **(environment or {})).items()), "environment")
    options = _SweepOptions(size=ctypes.sizeof(_SweepOptions), launcher=launcher,
                            python_path=folder, environment=_address(variables), **fields)
    options.kept = variables, fields  # as long as the options
    return options


def _parts(library):
    """The launcher, and the folder of the drop-ins, beside the library, this
    module or the program."""
    places = [os.path.dirname(os.path.realpath(__file__)) + "/.."]
    if os.path.sep in library._name:
        places.append(os.path.dirname(os.path.realpath(library._name)))
    program = shutil.which("hdrive")
    if program:
        places.append(os.path.dirname(os.path.realpath(program)))
    # PREFIX/lib, PREFIX/lib/MULTIARCH, PREFIX/bin, PREFIX/share/hdrive.
    places += [os.path.normpath(os.path.join(place, up)) for place in places
               for up in ("..", "../..")]
    launchers = [os.environ.get("HDRIVE_LAUNCHER")] if os.environ.get("HDRIVE_LAUNCHER") else [
        os.path.join(place, tail) for place in places
        for tail in ("hdrive-launch", "libexec/hdrive/hdrive-launch")]
    folders = [os.path.join(place, tail) for place in places
               for tail in ("python", "share/hdrive/python")]
    launcher = next((path for path in launchers if os.access(path, os.X_OK)), None)
    folder = next((path for path in folders if os.path.isdir(path + "/azureml")), None)
    if launcher is None:
        raise Error("HD_ENOENT", "cannot find hdrive-launch beside {} or this module: "
                    "HDRIVE_LAUNCHER may name it".format(library._name))
    return os.fsencode(os.path.normpath(launcher)), folder and os.fsencode(
        os.path.normpath(folder))


class _Engine:
    """A sweep on a thread of its own, as C's loop lets no signal through; the
    thread that called waits, hands on events, and hears of Ctrl-C."""

    def __init__(self, library, store, mode, options, make, on_event):
        self.library, self.store, self.mode = library, store, mode
        self.options, self.make, self.on_event = options, make, on_event
        self.events = queue.SimpleQueue()
        self.lock = threading.Lock()  # of handle: stop() against its end
        self.handle = None
        self.asked = self.now = False  # to stop
        self.result = self.error = None

    def run(self):
        thread = threading.Thread(target=self._work, name="hdrive-sweep")
        error, interrupts = None, 0
        thread.start()
        while True:
            try:
                event = self._next(thread)
                if event is None:
                    break
                if self.on_event and error is None and self.on_event(event) == "stop":
                    self.stop()
            except KeyboardInterrupt:
                interrupts += 1
                self.stop(now=interrupts > 1)
            except BaseException as raised:
                error = raised
                self.stop()
        thread.join()
        if error or self.error:
            raise error or self.error
        if interrupts:
            raise Interrupted(self.result)
        return self.result

    def _next(self, thread):
        """The next event; None behind the last. A wait that ends by itself:
        the signal may have gone to the other thread."""
        while True:
            try:
                return self.events.get(timeout=0.5)
            except queue.Empty:
                if not thread.is_alive() and self.events.empty():
                    return None

    def stop(self, now=False):
        with self.lock:
            self.asked, self.now = True, self.now or now
            if self.handle:
                self.library.hd_sweep_stop(self.handle, now)

    def _work(self):
        """One thread owns the store, the sweep and all that is read of it."""
        try:
            store, path = _open_store(self.library, self.store, self.mode)
            try:
                self._run(store, path)
            finally:
                self.library.hd_store_close(store)
        except BaseException as error:
            self.error = error
        finally:
            self.events.put(None)

    def _run(self, store, path):
        library, out = self.library, _P()
        name = [b""]
        event = _Event(lambda _, event: self._tell(event, name[0]))
        if self.on_event:
            self.options.event = ctypes.cast(event, _P)
        _call(lambda err: self.make(store, ctypes.byref(out), err))
        try:
            name[0] = library.hd_sweep_name(out)
            with self.lock:
                self.handle = out.value
                if self.asked:
                    library.hd_sweep_stop(out, self.now)
            _call(library.hd_sweep_run, out)
            self.result = Results(library, store, path, library.hd_sweep_key(out))
        finally:
            with self.lock:
                self.handle = None
            library.hd_sweep_free(out)

    def _tell(self, event, name):
        parts = []

        def write(_, text, length):
            parts.append(ctypes.string_at(text, length))
            return 0

        function = _Write(write)
        out = _Out(write=ctypes.cast(function, _P))
        self.library.hd_report_event(event, name, ctypes.byref(out))
        self.events.put(json.loads(b"".join(parts).decode("utf-8", "replace")))
