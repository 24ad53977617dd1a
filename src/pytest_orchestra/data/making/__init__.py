"""Made data: values from schemas, each side of their limits, and values that break one rule."""
