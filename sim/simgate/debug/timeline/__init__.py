"""Moving along a run in both directions, by snapshots and by running it again."""
