"""The inputs inside the chip: temperature sensor, reference voltage, battery through a divider.

Where they lie: RM0090, 13.10 (F40x); RM0385, 15.10; RM0440, 21.4.11; RM0433, 25.4.11. The values
are the data sheets' typical ones. The calibration words in the platforms' system memory are of the
same values, so a firmware that computes the temperature from them finds the one that was set.
"""

from __future__ import annotations

from dataclasses import dataclass

TEMPERATURE, REFERENCE, BATTERY = "temperature", "reference", "battery"


@dataclass(frozen=True, slots=True)
class InternalInputs:
    """One family's."""

    volts_at_30_c: float
    volts_per_c: float
    reference_v: float
    battery_divider: int
    # ADC -> channel -> what can lie on it; of several that are connected the last one wins
    places: dict[str, dict[int, tuple[str, ...]]]

    def level(self, kind: str, temperature_c: float, battery_v: float) -> float:
        """Volts at the ADC's input."""
        if kind == TEMPERATURE:
            return self.volts_at_30_c + (temperature_c - 30.0) * self.volts_per_c
        if kind == REFERENCE:
            return self.reference_v
        return battery_v / self.battery_divider


_T, _R, _B = (TEMPERATURE,), (REFERENCE,), (BATTERY,)
F407_INPUTS = InternalInputs(0.7725, 2.5e-3, 1.21, 2, {"adc1": {16: _T, 17: _R, 18: _B}})
F7_INPUTS = InternalInputs(0.7725, 2.5e-3, 1.21, 4, {"adc1": {17: _R, 18: (TEMPERATURE, BATTERY)}})
G4_INPUTS = InternalInputs(
    0.76,
    2.5e-3,
    1.212,
    3,
    {
        "adc1": {16: _T, 17: _B, 18: _R},
        "adc3": {17: _B, 18: _R},
        "adc4": {18: _R},
        "adc5": {4: _T, 17: _B, 18: _R},
    },
)
H7_INPUTS = InternalInputs(0.62, 2e-3, 1.216, 4, {"adc3": {17: _B, 18: _T, 19: _R}})
