"""``python -m simgate`` is the command ``simgate``."""

from simgate.cli import main

main()
