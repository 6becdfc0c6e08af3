"""The older place of azureml.exceptions."""

from azureml.exceptions import AzureMLException

__all__ = ["AzureMLException"]
