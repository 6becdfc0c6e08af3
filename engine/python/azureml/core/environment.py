"""Environment, under its own module's name."""

from azureml.core._elsewhere import Environment

__all__ = ["Environment"]
