"""A model of language behind an HTTP API, which proposes data sets; never in a test session."""
