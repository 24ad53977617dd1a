"""What was expected, what was seen, and what is between them. Neither waits nor asks the clock."""
