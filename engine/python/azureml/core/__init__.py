"""The part of azureml.core that a training script uses: its Run.

Names that need Azure itself are here too, so that importing them does not end
a script that never uses them; using one says what it is and what to do.
"""

from azureml.core._elsewhere import (ComputeTarget, Dataset, Datastore,
                                     Environment, Experiment, Model,
                                     ScriptRunConfig, Workspace)
from azureml.core.run import Run

VERSION = "0+hdrive"

__version__ = VERSION
__all__ = ["ComputeTarget", "Dataset", "Datastore", "Environment",
           "Experiment", "Model", "Run", "ScriptRunConfig", "Workspace",
           "VERSION"]
