"""Data: the named data sets, what is read from tables, and the split that a Config trains on."""

from .datasets import DATASETS, DatasetInfo, Split, load
from .posterior import has_posterior, posterior

__all__ = ["DATASETS", "DatasetInfo", "Split", "has_posterior", "load", "posterior"]
