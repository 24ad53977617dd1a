"""Conditions in FEEL and JUEL: one typed tree, and its value with given names."""
