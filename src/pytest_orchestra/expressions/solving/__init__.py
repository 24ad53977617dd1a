"""Whether conditions can be met together, by which values, and which of them clash."""
