"""Renesas HS3001: relative humidity and temperature over I2C.

After the data sheet HS300x: section 4.4 ("Sensor Slave Address", 0x44), 4.5 (measurement request:
the address with write, no data), 4.6 (data fetch: two status bits and 14 bits of humidity, then 14
bits of temperature and two mask bits), 4.8 and 4.9 (programming mode for 10 ms after power-on, the
registers of the resolution and the sensor's number), section 5 (calculation), table of conversion
times. Beyond Renode's model: a measurement takes its time, and data that was read or is not ready
yet is marked stale (status 01), where Renode answers with new data at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from simgate.errors import EngineError
from simgate.peripheral.bus.devices import I2cDevice
from simgate.peripheral.host import Host
from simgate.peripheral.model import Samples, command
from simgate.peripheral.registry import peripheral
from simgate.sensor.fault import FaultySensor
from simgate.sensor.feed import Feed

_TOP = (1 << 14) - 1
_STALE = 0x40  # status bits 15:14 of the first word: 01
_ENTER, _LEAVE = b"\xa0\x00\x00", b"\x80\x00\x00"  # programming mode, 4.8
_PROGRAMMING_S = 0.010  # after power-on
_WAKE_UP_S = 0.000100  # from sleep, table 4
# of humidity and temperature each, by bits of resolution 8, 10, 12, 14 (table 4)
_CONVERSION_S = (0.000550, 0.001310, 0.004500, 0.016900)
_HUMIDITY, _TEMPERATURE, _WRITE = 0x06, 0x11, 0x40
_NUMBER_HIGH, _NUMBER_LOW = 0x1E, 0x1F
_ACCEPTED = 0x81  # first byte of an answer in programming mode


@peripheral("Sensors.HS3001")
class Hs3001(FaultySensor, I2cDevice):
    """Humidity in %, temperature in degC.

    ``Temperature`` and ``Humidity`` are the defaults; a stream or a RESD file has precedence.
    """

    ATTRIBUTES = FaultySensor.ATTRIBUTES | {"sensorIdHigh", "sensorIdLow"}
    PROPERTIES: ClassVar[Mapping[str, str]] = {
        **FaultySensor.PROPERTIES,
        "Temperature": "temperature",
        "DefaultTemperature": "temperature",
        "Humidity": "humidity",
        "DefaultHumidity": "humidity",
    }
    MEASURES = 2  # humidity, temperature: the order of faults' numbers

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self.feed_of_temperature = Feed(host, ("temperature",), "degC", (0.0,))
        self.feed_of_humidity = Feed(host, ("humidity",), "%", (0.0,))
        self._identity = (
            self.integer("sensorIdHigh", 0) & 0xFFFF,
            self.integer("sensorIdLow", 0) & 0xFFFF,
        )
        self._measuring: int | None = None
        self.reset()

    def reset(self) -> None:
        """To the state after power-on: asleep, both resolutions 14 bits."""
        if self._measuring is not None:
            self.host.cancel(self._measuring)
            self._measuring = None
        self._resolution = {_HUMIDITY: 3, _TEMPERATURE: 3}
        self._data = bytes(4)
        self._fresh = False
        self._programming = False
        self._power_on_tick = self.host.ticks()
        self._received = bytearray()
        self._answer: bytes = b""
        self._register: int | None = None
        self._asked = False

    # ---- the world ----

    @property
    def temperature(self) -> float:
        """degC."""
        return self.feed_of_temperature.look()[0]

    @temperature.setter
    def temperature(self, value: float) -> None:
        self.feed_of_temperature.set_default(0, self.within(value, -40, 125, "degC"))

    @property
    def humidity(self) -> float:
        """%."""
        return self.feed_of_humidity.look()[0]

    @humidity.setter
    def humidity(self, value: float) -> None:
        self.feed_of_humidity.set_default(0, self.within(value, 0, 100, "%"))

    @command("FeedTemperatureSamplesFromRESD")
    def feed_temperature_samples_from_resd(
        self,
        path: str | Path,
        channel: int = 0,
        offset_type: str = "Specified",
        offset_ns: int = 0,
    ) -> None:
        """A RESD file in virtual time."""
        self.feed_of_temperature.play_resd(
            Path(path), "temperature", channel, 0, offset_type, offset_ns
        )

    @command("FeedHumiditySamplesFromRESD")
    def feed_humidity_samples_from_resd(
        self,
        path: str | Path,
        channel: int = 0,
        offset_type: str = "Specified",
        offset_ns: int = 0,
    ) -> None:
        """A RESD file in virtual time."""
        self.feed_of_humidity.play_resd(Path(path), "humidity", channel, 0, offset_type, offset_ns)

    @command("FeedTemperatureFromFile")
    def feed_temperature_from_file(
        self, path: str | Path, start_s: float = 0.0, repeat: int = 1
    ) -> None:
        """Temperature from a CSV or RESD file from now on; ``repeat`` -1: for ever."""
        self.feed_of_temperature.play_file(Path(path), start_s, repeat)

    @command("FeedHumidityFromFile")
    def feed_humidity_from_file(
        self, path: str | Path, start_s: float = 0.0, repeat: int = 1
    ) -> None:
        """Humidity from a CSV or RESD file from now on; ``repeat`` -1: for ever."""
        self.feed_of_humidity.play_file(Path(path), start_s, repeat)

    def feed(self, samples: Samples, channel: int = 0) -> None:
        """Channel 0: temperature in degC; channel 1: humidity in %."""
        if channel not in (0, 1):
            raise EngineError(f"{self.name} measures on the channels 0 and 1, not on {channel}")
        (self.feed_of_humidity if channel else self.feed_of_temperature).play(samples)

    # ---- the bus ----

    def start(self, reading: bool) -> bool:
        """Its address was sent."""
        if self.refuses():
            return False
        self._received.clear()
        self._asked = not reading
        if reading:
            self._answer = self._programmed() if self._programming else self._fetch()
        return True

    def write(self, byte: int) -> bool:
        """Data, which only programming mode knows."""
        self._received.append(byte)
        return True

    def read(self) -> int:
        """The next byte of the answer; behind it the bus is idle."""
        if not self._answer:
            return 0xFF
        byte, self._answer = self._answer[0], self._answer[1:]
        return byte

    def stop(self) -> None:
        """What was written takes effect."""
        if not self._asked:
            return
        self._asked = False
        data = bytes(self._received)
        if self._programming:
            self._program(data)
        elif data == _ENTER:
            passed = (self.host.ticks() - self._power_on_tick) / self.host.tick_hz
            self._programming = passed <= _PROGRAMMING_S
        elif not data:
            self._measure()

    def _program(self, data: bytes) -> None:
        """Commands of three bytes: a register, then its value (4.9)."""
        if data == _LEAVE:
            self._programming = False
        elif len(data) == 3:
            target = data[0] & ~_WRITE
            if data[0] & _WRITE and target in self._resolution:
                self._resolution[target] = data[1] >> 2 & 3
            else:
                self._register = data[0]

    def _programmed(self) -> bytes:
        values = {
            **{register: bits << 10 for register, bits in self._resolution.items()},
            _NUMBER_HIGH: self._identity[0],
            _NUMBER_LOW: self._identity[1],
        }
        value = values.get(self._register if self._register is not None else -1)
        self._register = None
        return bytes(3) if value is None else bytes([_ACCEPTED, *value.to_bytes(2, "big")])

    # ---- measuring ----

    def _measure(self) -> None:
        if self._measuring is not None:
            return
        wait_s = _WAKE_UP_S + sum(_CONVERSION_S[bits] for bits in self._resolution.values())
        wait_s *= 1 / self.clock_factor() * (1 + self.clock_jitter(self._conversion))
        self._measuring = self.host.after(wait_s, self._done)

    def _done(self) -> None:
        self._measuring = None
        row = self.disturbed((*self.feed_of_humidity.take(), *self.feed_of_temperature.take()))
        if row is None:
            return
        humidity = _word(row[0] / 100, self._resolution[_HUMIDITY])
        temperature = _word((row[1] + 40) / 165, self._resolution[_TEMPERATURE])
        self._data = humidity.to_bytes(2, "big") + (temperature << 2).to_bytes(2, "big")
        self._fresh = True

    def _fetch(self) -> bytes:
        status = 0 if self._fresh else _STALE
        self._fresh = False
        return bytes([self._data[0] | status]) + self._data[1:]


def _word(part: float, resolution: int) -> int:
    """A part of full scale as 14 bits, of which 8, 10, 12 or 14 count (section 5)."""
    steps = min(max(part, 0.0), 1.0) * _TOP
    spare = 6 - 2 * resolution
    return round(steps) >> spare << spare
