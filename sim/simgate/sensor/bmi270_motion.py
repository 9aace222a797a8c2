"""The any-motion feature of the BMI270 (BST-BMI270-DS000, section 4.6 and FEATURES page 1)."""

from __future__ import annotations

from simgate.sensor.rows import Row

_ANYMO_1 = 1 * 16 + 0xC  # page 1, 0x3C: duration and axes; 0x3E: threshold and enable
_DEFAULT_1 = 0xE005  # all axes, five times 20 ms
_DEFAULT_2 = 0x38AA  # output bit 6, 170 steps of 1/2048 g
_FEATURE_HZ = 50.0
_STEPS_A_G = 2048


class AnyMotion:
    """Motion is where an axis differs from 20 ms before by more than the threshold, repeatedly."""

    def __init__(self) -> None:
        self.rate_hz = 0.0  # of the accelerometer
        self.clear()

    def clear(self) -> None:
        """Forget what was."""
        self.moving = False
        self._before: Row | None = None
        self._since = 0.0
        self._count = 0

    @staticmethod
    def preset(features: bytearray) -> None:
        """The defaults of the configuration file."""
        features[_ANYMO_1 : _ANYMO_1 + 2] = _DEFAULT_1.to_bytes(2, "little")
        features[_ANYMO_1 + 2 : _ANYMO_1 + 4] = _DEFAULT_2.to_bytes(2, "little")

    def convert(self, row: Row, features: bytearray) -> bool:
        """A conversion of the accelerometer, in g; whether motion has begun with it."""
        first = int.from_bytes(features[_ANYMO_1 : _ANYMO_1 + 2], "little")
        second = int.from_bytes(features[_ANYMO_1 + 2 : _ANYMO_1 + 4], "little")
        if not second & 0x8000 or self.rate_hz < _FEATURE_HZ:
            self.moving, self._before, self._count = False, None, 0
            return False
        self._since += _FEATURE_HZ / self.rate_hz
        if self._since < 1:
            return False
        self._since -= 1
        before, self._before = self._before or row, row
        threshold = (second & 0x7FF) / _STEPS_A_G
        over = any(
            first >> 13 + axis & 1 and abs(now - then) > threshold
            for axis, (now, then) in enumerate(zip(row, before, strict=True))
        )
        self._count = self._count + 1 if over else 0
        was, self.moving = self.moving, over and self._count >= max(first & 0x1FFF, 1)
        return self.moving and not was
