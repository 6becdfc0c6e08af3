"""How a drop-in steps back where the real package is installed."""

import os
import sys
from importlib.machinery import PathFinder


def find_others(name, file):
    """The package NAME that would be imported without the one whose
    ``__init__`` is FILE; None when there is none."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(file)))
    path = [entry for entry in sys.path
            if os.path.abspath(entry or os.curdir) != here]
    spec = PathFinder.find_spec(name, path)
    return spec if spec and spec.submodule_search_locations else None


def step_back(name, file, spec):
    """Put the real package in the drop-in's place, without our folder."""
    from importlib.util import module_from_spec

    ours = os.path.dirname(os.path.abspath(file))
    real = module_from_spec(spec)
    sys.modules[name] = real
    if spec.loader is not None:
        spec.loader.exec_module(real)
    # Its own __init__ may have gathered every package of its name.
    real.__path__ = [place for place in real.__path__
                     if os.path.abspath(place) != ours]
