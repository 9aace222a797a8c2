"""Simgate: machine learning on microcontrollers, verified on simulated STM32 boards."""

__version__ = "0.1.0"
