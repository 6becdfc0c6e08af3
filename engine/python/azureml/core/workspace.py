"""Workspace, under its own module's name."""

from azureml.core._elsewhere import Workspace

__all__ = ["Workspace"]
