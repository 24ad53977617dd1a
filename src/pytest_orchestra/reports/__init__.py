"""What people and tools read of a run's results."""
