"""What the ADCs of all families have in common: channels, sequences in time, feeding, one IRQ."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

from simgate.peripheral.analog.channels import Channels, Voltage, read_values
from simgate.peripheral.analog.internal import InternalInputs
from simgate.peripheral.analog.sequencer import Group, Sequencer, Step
from simgate.peripheral.analog.trigger import ExternalTrigger
from simgate.peripheral.bus.devices import AnalogSource
from simgate.peripheral.host import Host
from simgate.peripheral.model import AttachError, Model, Samples, command
from simgate.peripheral.register_block import RegisterBlock
from simgate.peripheral.wire import Wire


class AdcCommon(RegisterBlock):
    """The registers that two or three ADCs share, and what the family has around them.

    It is registered at its ADCs: ``@ { sysbus <0x40012300, +0x100>; adc1; adc2 }``.
    """

    INPUTS: ClassVar[InternalInputs]
    REGULAR_TRIGGERS: ClassVar[tuple[str | None, ...]]
    INJECTED_TRIGGERS: ClassVar[tuple[str | None, ...]]
    ATTRIBUTES = frozenset({"frequency"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        self.adcs: list[Adc] = []
        super().__init__(name, attributes, host)

    @abstractmethod
    def clock_hz(self) -> Fraction:
        """Of the ADCs, behind the prescaler."""

    @abstractmethod
    def connected(self) -> frozenset[str]:
        """Which of the internal inputs are on."""

    def triggers(self, adc: Adc, *, injected: bool) -> tuple[str | None, ...]:
        """The chip's lines by EXTSEL or JEXTSEL."""
        return self.INJECTED_TRIGGERS if injected else self.REGULAR_TRIGGERS

    def clock_changed(self) -> None:
        """For the family's hook on its control register."""
        for adc in self.adcs:
            adc.follow_clock()


class Adc(RegisterBlock):
    """One ADC; `AdcCommon` tells it its clock, its triggers and what is on its inner channels.

    The attribute ``referenceVoltage`` is VREF+ in volts.

    Channels take a device that is attached in the description (``mic: Sensors.AnalogMicrophone @
    adc1 5``), a source given to `connect`, or samples by Renode's Feed... commands. Each conversion
    takes the voltage of the moment at which its sampling ends.
    """

    # the last three are Renode's, which paces and wires its ADCs by them; here they say nothing
    ATTRIBUTES = frozenset(
        {"referenceVoltage", "externalEventFrequency", "dmaChannel", "dmaPeripheral"}
    )
    PROPERTIES: ClassVar[Mapping[str, str]] = {
        "Temperature": "temperature_c",
        "BatteryVoltage": "battery_v",
    }
    WINDOW = 0x100
    CHANNELS: ClassVar[int] = 19
    DEFAULT_CLOCK_HZ: ClassVar[int] = 42_000_000  # of one that no common registers are attached to

    temperature_c = 25.0
    battery_v = 3.3

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._reference_v = self.number("referenceVoltage", 3.3)
        self._steps_per_volt = 0.0
        self._irq = Wire()
        self._wires = {None: self._irq, "IRQ": self._irq}
        self._request = host.signal(name.upper())
        self._channels = Channels(name, self.CHANNELS)
        self._sequencer = Sequencer(host, self._converted, self._finished)
        self._regular, self._injected = self._sequencer.regular, self._sequencer.injected
        self._regular_trigger = ExternalTrigger(host, self._external_regular)
        self._injected_trigger = ExternalTrigger(host, self._external_injected)
        self._common: AdcCommon | None = None
        self._complaints: dict[str, None] = {}
        self.follow_clock()

    # ---- from outside the chip ----

    def attach(self, address: int | None, device: Model) -> None:
        """A source at a channel; or the registers that this ADC shares with others."""
        if isinstance(device, AdcCommon):
            self._common = device
            device.adcs.append(self)
            for channel in device.INPUTS.places.get(self.name, {}):
                self._channels.lay(channel, self._internal(device, channel))
            self.follow_clock()
            return
        if not isinstance(device, AnalogSource):
            raise AttachError(f"{device.TYPE} has no analogue output")
        if address is None:
            raise AttachError("a channel's number is missing, as in '@ adc1 5'")
        if not 0 <= address < self.CHANNELS:
            raise AttachError(f"there is no channel {address}: it has 0 to {self.CHANNELS - 1}")
        if not self._channels.is_free(address):
            raise AttachError(f"channel {address} is taken")
        self._channels.connect(address, device.voltage)

    def connect(self, channel: int, voltage: Voltage) -> None:
        """Lay a function of the virtual time in seconds, giving volts, on a channel.

        Raises:
            EngineError: there is no such channel.
        """
        self._channels.connect(channel, voltage)

    def feed(self, samples: Samples, channel: int = 0) -> None:
        """Volts for a channel, from now on."""
        began_s = self.host.time_s()
        at = samples.at
        self._channels.connect(channel, lambda time_s: at(time_s - began_s)[0])

    @command("FeedSample")
    def feed_sample(self, value: int | str | Path, channel: int, repeat: int = 1) -> None:
        """The next `repeat` conversions of a channel give that code; -1: all that come.

        A path instead of a value is a text file with a code on each line.
        """
        codes = _values(value, whole=True)
        self._channels.feed_codes(int(channel), codes, int(repeat))

    @command("FeedVoltageSampleToChannel")
    def feed_voltage_sample(self, channel: int, value: float | str | Path, repeat: int = 1) -> None:
        """The next `repeat` conversions of a channel see so many millivolts.

        A path instead of a value is a text file with millivolts on each line.
        """
        self._channels.feed_millivolts(int(channel), _values(value, whole=False), int(repeat))

    @command("SetDefaultValue")
    def set_default_value(self, millivolts: float, channel: int | None = None) -> None:
        """The level of a channel, or of all, where nothing is connected or fed."""
        self._channels.set_default(float(millivolts), channel)

    def remarks(self) -> tuple[str, ...]:
        """What the firmware did that silicon would not forgive."""
        return tuple(self._complaints)

    # ---- what the families give ----

    @abstractmethod
    def _converted(
        self, group: Group, step: Step, rank: int, is_last: bool, sampled_s: float, spacing_s: float
    ) -> None:
        """A conversion has ended."""

    @abstractmethod
    def _finished(self, group: Group) -> None:
        """A group has done what a trigger asked for."""

    @abstractmethod
    def _external_regular(self) -> None:
        """The regular group's external trigger fired."""

    @abstractmethod
    def _external_injected(self) -> None:
        """The injected group's external trigger fired."""

    # ---- for the families ----

    def follow_clock(self) -> None:
        """The common registers changed the clock."""
        common = self._common
        hertz = Fraction(self.DEFAULT_CLOCK_HZ) if common is None else common.clock_hz()
        self._sequencer.set_clock(hertz)

    def _trigger_name(self, select: int, *, injected: bool) -> str | None:
        if self._common is None:
            return None
        names = self._common.triggers(self, injected=injected)
        return names[select] if select < len(names) else None

    def _code(self, channel: int, time_s: float, full_scale: int) -> int:
        """The ideal converter: codes 0 to ``full_scale - 1``, rounded to the nearest."""
        channels = self._channels
        if channels.codes:
            fed = channels.next_code(channel)
            if fed is not None:
                return fed & 0xFFFF
        if channel >= self.CHANNELS:
            self._complain(f"channel {channel} was converted, which it does not have")
            return 0
        code = int(channels.voltage[channel](time_s) * self._steps_per_volt + 0.5)
        if code >= full_scale:
            return full_scale - 1
        return max(code, 0)

    def _complain(self, text: str) -> None:
        self._complaints.setdefault(f"{self.name}: {text}")

    def _internal(self, common: AdcCommon, channel: int) -> Voltage:
        inputs = common.INPUTS
        kinds = inputs.places[self.name][channel]

        def voltage(_time_s: float) -> float:
            connected = common.connected()
            for kind in reversed(kinds):
                if kind in connected:
                    return inputs.level(kind, self.temperature_c, self.battery_v)
            return 0.0

        return voltage


def _values(value: object, *, whole: bool) -> tuple[float, ...]:
    if isinstance(value, int | float):
        return (float(value),)
    return read_values(Path(str(value).removeprefix("@")), whole=whole)
