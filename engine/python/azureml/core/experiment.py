"""Experiment, under its own module's name."""

from azureml.core._elsewhere import Experiment

__all__ = ["Experiment"]
