"""Embedded servers and processes that end with the session."""
