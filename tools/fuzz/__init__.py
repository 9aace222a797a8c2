"""Differential fuzzing of the strict core against QEMU, Unicorn and a model of the manual."""
