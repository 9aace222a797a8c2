"""Where the firmware has been lately: what a hang's report is made of."""

from __future__ import annotations

from collections import Counter, deque

from simgate.image import Image

_KEPT = 64


class Sampler:
    """Keeps the PC of the last slices."""

    def __init__(self) -> None:
        self._samples: deque[tuple[int, bool]] = deque(maxlen=_KEPT)

    def clear(self) -> None:
        """Forget all samples."""
        self._samples.clear()

    def note(self, pc: int, sleeping: bool) -> None:
        """One slice ended here."""
        self._samples.append((pc, sleeping))

    def describe(self, image: Image) -> str:
        """The functions seen, most frequent first; empty where there is no sample."""
        if not self._samples:
            return ""
        seen: Counter[str] = Counter()
        for pc, sleeping in self._samples:
            symbol = image.function_at(pc)
            name = symbol.name if symbol is not None else f"0x{pc:08x}"
            seen[f"{name} (asleep)" if sleeping else name] += 1
        parts = ", ".join(f"{name} {count}" for name, count in seen.most_common(8))
        return f"Of its last {len(self._samples)} samples it was in: {parts}."
