"""Pins, external interrupts, and what selects them."""
