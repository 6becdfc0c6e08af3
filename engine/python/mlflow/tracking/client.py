"""MlflowClient, under its own module's name."""

from mlflow.tracking import MlflowClient

__all__ = ["MlflowClient"]
