"""A process becomes scenarios."""
