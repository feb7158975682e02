"""Statistics: pure functions on frames."""
