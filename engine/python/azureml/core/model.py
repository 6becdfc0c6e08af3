"""Model, under its own module's name."""

from azureml.core._elsewhere import Model

__all__ = ["Model"]
