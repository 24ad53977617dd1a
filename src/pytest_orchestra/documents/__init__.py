"""YAML, JSON, TOML and CSV files that people write become values that know their places."""
