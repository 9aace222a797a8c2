"""Check sums and random numbers."""
