"""The async floor: bound scenarios run against the system under test, and tell of it by events."""
