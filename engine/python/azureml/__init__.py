"""hdrive's stand-in for Azure's SDK, as far as a training script needs it.

A v1 script says ``from azureml.core import Run`` and logs its metrics; under
hdrive they go to the file $HDRIVE_METRICS. Where the real azureml-core is
installed this package steps back and the real one is imported: a script that
needs more of Azure than its Run keeps working, and what the real Run prints
outside Azure is read from the script's output.
"""

from importlib.machinery import PathFinder

from _hdrive import stepback


def _settle():
    spec = stepback.find_others("azureml", __file__)
    if spec is None:
        return
    places = list(spec.submodule_search_locations)
    if PathFinder.find_spec("azureml.core", places) is not None:
        stepback.step_back("azureml", __file__, spec)
    else:
        # Other parts of the SDK without its core: found behind ours.
        __path__.extend(places)


_settle()
