"""Environments and data sets, as written."""
