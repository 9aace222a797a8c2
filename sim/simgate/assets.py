"""Where the files lie that Simgate ships beside its code: platforms, firmware, robot resources.

In a wheel they are package data under ``simgate/_share``; in a checkout they are the folders of
the same names at the repository's root.
"""

from __future__ import annotations

from pathlib import Path

from simgate.errors import AssetError

_PACKAGE = Path(__file__).resolve().parent


def root(folder: str) -> Path:
    """The folder named ``folder`` ("platforms", "firmware" or "robot").

    Raises:
        AssetError: the installation is incomplete.
    """
    candidates = (_PACKAGE / "_share" / folder, _PACKAGE.parent.parent / folder)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise AssetError(
        f"the folder '{folder}' is missing from this installation of Simgate "
        f"(looked at {candidates[0]} and {candidates[1]})",
        hint="Install Simgate again: its wheel carries this folder.",
    )
