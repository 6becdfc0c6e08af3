"""Kept for scripts that import azureml._common.exceptions."""
