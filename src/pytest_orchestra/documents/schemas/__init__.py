"""Schemas in files, JSON Schema or of OpenAPI, become checks of values."""
