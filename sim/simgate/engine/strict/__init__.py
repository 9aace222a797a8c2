"""The strict engine: our own core, exact memories, every illegal access a fault of the run."""
