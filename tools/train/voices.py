"""Who speaks: espeak-ng's accents and variants, split so that no test speaker is ever trained on.

A voice is an accent with a variant. Test voices have an accent and a variant that no other voice
has, so neither half of a test voice was heard. Validation has variants of its own in two of the
accents that are trained on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Split = Literal["train", "validation", "test"]


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class Voice:
    """One speaker."""

    accent: str
    variant: str

    @property
    def name(self) -> str:
        """Espeak's name of the voice, such as ``en-us+f3``."""
        return f"{self.accent}+{self.variant}"


ACCENTS: dict[Split, tuple[str, ...]] = {
    "train": ("en-us", "en", "en-gb-scotland", "en-gb-x-gbclan", "en-029"),
    "validation": ("en-us", "en-gb-x-gbclan"),
    "test": ("en-gb-x-rp", "en-gb-x-gbcwmd", "en-us-nyc"),
}

VARIANTS: dict[Split, tuple[str, ...]] = {
    "train": _split(
        """m1 m2 m4 m5 m7 m8 f1 f3 f5 croak whisper klatt klatt2 klatt4 klatt6 Alex Alicia Andrea
        Andy Annie Denis Diogo Gene Hugo Jacky Marco Mario Michael Nguyen Reed RicishayMax
        RicishayMax3 Storm Tweaky UniRobot anika anikaRobot announcer antonio aunty belinda boris
        caleb ed edward fast grandma gustave iven iven3 kaukovalta linda marcelo max miguel mike2
        norbert pablo pedro quincy robert robosoft robosoft4 robosoft8 sandro steph steph3 travis
        zac Mr_serious"""
    ),
    "validation": _split("m3 f2 klatt3 Lee adam benjamin john michel"),
    "test": _split(
        """m6 f4 klatt5 whisperf Gene2 Henrique Mike RicishayMax2 david edward2 grandpa ian iven2
        paul rob shelby steph2 victor"""
    ),
}


def voices(split: Split) -> tuple[Voice, ...]:
    """Every voice of a split, in a fixed order."""
    return tuple(
        Voice(accent, variant.replace("_", " "))
        for accent in ACCENTS[split]
        for variant in VARIANTS[split]
    )
