"""The orchestra command."""
