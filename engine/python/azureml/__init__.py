"""hdrive's stand-in for Azure's SDK, as far as a training script needs it.

A v1 script says ``from azureml.core import Run`` and logs its metrics; under
hdrive they go to the file $HDRIVE_METRICS. Where the real azureml-core is
installed this package steps back and the real one is imported: a script that
needs more of Azure than its Run keeps working, and what the real Run prints
outside Azure is read from the script's output.
"""

import os
import sys
from importlib.machinery import PathFinder


def _find_others():
    """The azureml that would be imported if this one were not there."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    path = [entry for entry in sys.path
            if os.path.abspath(entry or os.curdir) != here]
    return PathFinder.find_spec("azureml", path)


def _step_back(spec):
    """Put the real package in this one's place, without our folder."""
    from importlib.util import module_from_spec

    ours = os.path.dirname(os.path.abspath(__file__))
    real = module_from_spec(spec)
    sys.modules["azureml"] = real
    if spec.loader is not None:
        spec.loader.exec_module(real)
    # Its own __init__ may have gathered every azureml on sys.path.
    real.__path__ = [place for place in real.__path__
                     if os.path.abspath(place) != ours]


def _settle():
    spec = _find_others()
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        return
    if PathFinder.find_spec("azureml.core", places) is not None:
        _step_back(spec)
    else:
        # Other parts of the SDK without its core: found behind ours.
        __path__.extend(places)


_settle()
