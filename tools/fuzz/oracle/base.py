"""What every oracle does."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tools.fuzz.image import Image, Results


class Oracle(ABC):
    """Runs images."""

    name: str

    @abstractmethod
    def run(self, image: Image) -> Results:
        """Every sequence from its initial state; a row each."""
