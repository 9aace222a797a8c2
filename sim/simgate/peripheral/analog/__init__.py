"""Converters between voltages and numbers."""
