"""Engines: what runs an image, and the terminal that tests listen with."""
