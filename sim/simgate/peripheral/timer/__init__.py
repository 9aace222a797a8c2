"""Timers and real-time clocks."""
