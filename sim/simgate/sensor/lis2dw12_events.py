"""Wake-up and free-fall recognition of the LIS2DW12 (AN5038, sections 5.3 and 5.4)."""

from __future__ import annotations

from dataclasses import dataclass, field

from simgate.sensor.rows import Row

Z_WU, Y_WU, X_WU, WU_IA, FF_IA = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 5  # of WAKE_UP_SRC


@dataclass(slots=True)
class MotionEvents:
    """What the last conversions mean; the bits are those of WAKE_UP_SRC.

    `source` is what holds now, `latched` what has held since it was last read.
    """

    source: int = 0
    latched: int = 0
    _before: Row | None = None
    _moving: int = 0
    _falling: int = 0
    _axes: tuple[int, ...] = field(default=(X_WU, Y_WU, Z_WU))

    def clear(self) -> None:
        """Forget everything."""
        self.source = self.latched = self._moving = self._falling = 0
        self._before = None

    def convert(
        self,
        row: Row,
        *,
        wake_g: float,
        wake_samples: int,
        offset: Row | None,
        fall_g: float,
        fall_samples: int,
    ) -> bool:
        """A conversion is complete; whether an event has begun with it.

        Args:
            row: accelerations in g.
            wake_g: threshold of the wake-up.
            wake_samples: conversions for which it must hold on.
            offset: subtracted instead of the slope filter, or None.
            fall_g: no axis may reach it for a free fall.
            fall_samples: conversions for which that must hold on.
        """
        before = row if self._before is None else self._before
        self._before = row
        if offset is None:  # the slope filter: half the difference of two conversions
            filtered = tuple((now - then) / 2 for now, then in zip(row, before, strict=True))
        else:
            filtered = tuple(now - o for now, o in zip(row, offset, strict=True))
        over = sum(bit for bit, g in zip(self._axes, filtered, strict=True) if abs(g) > wake_g)
        self._moving = self._moving + 1 if over else 0
        self._falling = self._falling + 1 if max(map(abs, row)) < fall_g else 0
        source = 0
        if self._moving > wake_samples:
            source |= over | WU_IA
        if self._falling > fall_samples:
            source |= FF_IA
        begun = bool(source & ~self.source & (WU_IA | FF_IA))
        self.source = source
        self.latched |= source
        return begun
