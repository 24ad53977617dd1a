"""The built-in channels; they come in by entry point."""
