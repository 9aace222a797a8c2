"""Faults of a sensor that is on a board, switched on and off while the firmware runs.

Monitor commands of every sensor::

    sysbus.i2c1.acc InjectFault nack             # the bus hears no acknowledgement any more
    sysbus.i2c1.acc InjectFault nack 3           # ... for the next three transfers
    sysbus.i2c1.acc InjectFault stuck            # the value of now stays
    sysbus.i2c1.acc InjectFault noise 0.02       # Gaussian, in the sensor's unit
    sysbus.i2c1.acc InjectFault offset 0.1 0 0   # one for all channels, or one each
    sysbus.i2c1.acc InjectFault drift 0.01       # a second, from now on
    sysbus.i2c1.acc InjectFault saturation       # everything is beyond full scale
    sysbus.i2c1.acc InjectFault drop 0.1         # conversions that never come
    sysbus.i2c1.acc InjectFault jitter 0.05      # of its own clock: parts of a period
    sysbus.i2c1.acc InjectFault clock 1.03       # its clock runs fast by 3 %
    sysbus.i2c1.acc ClearFaults
    sysbus.i2c1.acc FaultSeed 7                  # of noise, drop and jitter (a property)

They depend on the seed and the conversion's number only, so a run with them can be made again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import ClassVar

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.model import Model, command
from simgate.peripheral.reset_cause import ResetCause
from simgate.sensor.chance import gauss, seed_of, uniform
from simgate.sensor.rows import Row

_WITHOUT_NUMBER = ("stuck", "saturation")
_ONE_EACH = ("noise", "offset", "drift")
_KINDS = ("nack", *_WITHOUT_NUMBER, *_ONE_EACH, "drop", "jitter", "clock")
_MOST_JITTER = 0.4  # of a period: conversions stay in order


class FaultySensor(Model):
    """Base of the sensors; what a subclass measures and sends goes through here."""

    ATTRIBUTES = frozenset({"faultSeed"})
    PROPERTIES: ClassVar[Mapping[str, str]] = {"FaultSeed": "fault_seed"}
    MEASURES = 1  # values of one conversion

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self.fault_seed = self.integer("faultSeed", 0)
        self._faults: dict[str, tuple[float, ...]] = {}
        self._conversion = 0
        self._held: Row | None = None
        self._drift_from_s = 0.0

    def system_reset(self, cause: ResetCause) -> None:
        """The chip's reset does not reach a sensor: it keeps its registers, and measures on."""

    @command("InjectFault")
    def inject_fault(self, kind: str, *numbers: float) -> None:
        """Switch a fault on, see the module.

        Raises:
            EngineError: there is no such fault, or its numbers make no sense.
        """
        if kind not in _KINDS:
            raise EngineError(
                f"{self.name}: there is no fault '{kind}'", hint=f"There are: {', '.join(_KINDS)}."
            )
        values = tuple(self._number(kind, one) for one in numbers)
        self._check(kind, values)
        if kind in _ONE_EACH and len(values) == 1:
            values *= self.MEASURES
        self._faults[kind] = values
        self._held = None if kind == "stuck" else self._held
        self._drift_from_s = self.host.time_s() if kind == "drift" else self._drift_from_s
        self.faults_changed()

    @command("ClearFaults")
    def clear_faults(self, kind: str = "") -> None:
        """Switch one fault off, or all."""
        if kind:
            self._faults.pop(kind, None)
        else:
            self._faults.clear()
        self.faults_changed()

    def faults_changed(self) -> None:
        """For subclasses: something was switched on or off."""

    def _number(self, kind: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise EngineError(f"{self.name}: '{value}' is no number for the fault '{kind}'")
        if not math.isfinite(value):
            raise EngineError(f"{self.name}: {value} is no number for the fault '{kind}'")
        return float(value)

    def _check(self, kind: str, values: tuple[float, ...]) -> None:
        allowed: tuple[int, ...] = (1,)
        if kind in _WITHOUT_NUMBER:
            allowed = (0,)
        elif kind == "nack":
            allowed = (0, 1)
        elif kind in _ONE_EACH:
            allowed = (1, self.MEASURES)
        if len(values) not in allowed:
            raise EngineError(
                f"{self.name}: the fault '{kind}' takes {' or '.join(map(str, allowed))} numbers, "
                f"not {len(values)}"
            )
        good: dict[str, Callable[[float], bool]] = {
            "drop": lambda value: 0 <= value <= 1,
            "jitter": lambda value: 0 <= value <= _MOST_JITTER,
            "clock": lambda value: 0.01 <= value <= 100,
            "noise": lambda value: value >= 0,
            "nack": lambda value: value >= 1 and value == int(value),
        }
        if kind in good and not all(map(good[kind], values)):
            raise EngineError(f"{self.name}: {values[0]:g} makes no sense for the fault '{kind}'")

    # ---- for subclasses ----

    def within(self, value: object, low: float, high: float, unit: str) -> float:
        """A number that a person set from outside.

        Raises:
            EngineError: it is none, or not in the range.
        """
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise EngineError(f"{self.name}: '{value}' is not a number")
        if not low <= value <= high:
            raise EngineError(
                f"{self.name}: {value:g} {unit} is not from {low:g} to {high:g} {unit}"
            )
        return float(value)

    def refuses(self) -> bool:
        """A transfer begins: whether the sensor leaves it without an acknowledgement."""
        count = self._faults.get("nack")
        if count is None:
            return False
        if count:
            if count[0] <= 1:
                del self._faults["nack"]
            else:
                self._faults["nack"] = (count[0] - 1,)
        return True

    def disturbed(self, row: Row) -> Row | None:
        """What a conversion of these values gives; None: it got lost."""
        self._conversion += 1
        if not self._faults:
            return row
        seed = seed_of(f"{self.name} {self.fault_seed}")
        number = self._conversion
        drop = self._faults.get("drop")
        if drop is not None and uniform(seed, number, 1 << 20) < drop[0]:
            return None
        if "stuck" in self._faults:
            self._held = row if self._held is None else self._held
            row = self._held
        passed_s = self.host.time_s() - self._drift_from_s
        noise, offset = self._faults.get("noise"), self._faults.get("offset")
        drift = self._faults.get("drift")
        if noise is not None:
            row = tuple(v + noise[c] * gauss(seed, number, c) for c, v in enumerate(row))
        if offset is not None:
            row = tuple(map(float.__add__, map(float, row), offset))
        if drift is not None:
            row = tuple(v + d * passed_s for v, d in zip(row, drift, strict=True))
        if "saturation" in self._faults:
            row = tuple(-math.inf if value < 0 else math.inf for value in row)
        return row

    def clock_factor(self) -> float:
        """How much faster than it should the sensor's own clock runs."""
        return self._faults.get("clock", (1.0,))[0]

    def clock_jitter(self, index: int) -> float:
        """Parts of a period by which conversion `index` comes late; negative: early."""
        jitter = self._faults.get("jitter")
        if jitter is None:
            return 0.0
        value = jitter[0] * gauss(seed_of(f"{self.name} {self.fault_seed}"), index, 1 << 21)
        return min(max(value, -_MOST_JITTER), _MOST_JITTER)
