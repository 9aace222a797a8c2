"""Benchmarks of this repository, printed beside the peers' numbers: ``python -m tools.bench``."""
