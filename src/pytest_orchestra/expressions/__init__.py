"""Templates, rules and statements: compiled once, evaluated with given names."""
