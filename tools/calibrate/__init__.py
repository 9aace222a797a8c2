"""The cycle model held against published measurements."""
