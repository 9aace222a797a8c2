"""A model of Armv7E-M written from the manual (DDI 0403), in Python's own numbers, for clarity.

It shares nothing with the core: integers without bounds, exact fractions for floating point, one
function an operation. It takes the generator's description of a sequence, not its encoding.
"""
