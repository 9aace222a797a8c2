"""Controllers of the chip's own Flash."""
