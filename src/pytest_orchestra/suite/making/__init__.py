"""Data sets for a suite's scenarios: made by their conditions and requests, checked by both."""
