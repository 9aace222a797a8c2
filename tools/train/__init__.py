"""Train the keyword spotter: speech is synthesised, spoiled, learned, quantised and checked.

``python -m tools.train --help`` lists the steps. Nothing here is shipped in the wheel.
"""
