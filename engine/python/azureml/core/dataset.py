"""Dataset, under its own module's name."""

from azureml.core._elsewhere import Dataset

__all__ = ["Dataset"]
