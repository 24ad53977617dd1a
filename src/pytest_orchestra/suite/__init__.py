"""A suite file, scenarios and data become bound scenarios."""
