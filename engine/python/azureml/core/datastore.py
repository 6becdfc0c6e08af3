"""Datastore, under its own module's name."""

from azureml.core._elsewhere import Datastore

__all__ = ["Datastore"]
