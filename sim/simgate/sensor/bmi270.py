"""Bosch BMI270: accelerometer and gyroscope of three axes, 16 bits, over I2C or SPI.

After Bosch's data sheet BST-BMI270-DS000 (sections by number below). Modelled: the switch from I2C
to SPI by the first transfer with chip select, a dummy byte in SPI reads, power-on and soft reset,
loading of the configuration file, output data rates of both sensors on one time base, ranges,
data-ready, sensor time, temperature, the FIFO with its frames (regular, skip, sensor time) and
watermark, the any-motion feature on its page, both interrupt pins, latched or not. Not modelled:
auxiliary interface, step counter, gestures, OIS, self-test, offset compensation, filters (each
conversion takes the world as it is at that instant). Renode 1.16.1 has no such class.

Pins: ``Interrupt1 -> gpioPortA@1``, ``Interrupt2``.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from simgate.errors import EngineError
from simgate.peripheral.host import Handle, Host
from simgate.peripheral.model import Samples
from simgate.peripheral.registry import peripheral
from simgate.sensor import bmi270_registers as reg
from simgate.sensor.axes_feed import AngularRateFeed
from simgate.sensor.bmi270_configuration import START_S, WAKE_UP_S, ConfigurationFile
from simgate.sensor.bmi270_fifo import Bmi270Fifo
from simgate.sensor.bmi270_motion import AnyMotion
from simgate.sensor.inertial_sensor import InertialSensor
from simgate.sensor.rows import Row

_FIFO_BYTES = 2048
_SENSOR_TIME_HZ = 25_600  # 4.5: 39.0625 us
_NO_TEMPERATURE = 0x8000
_STEPS_A_DEGREE = 512  # TEMPERATURE_0, 5.2
_SOFT_RESET_S = 0.002


@peripheral("Sensors.BMI270")
class Bmi270(InertialSensor, AngularRateFeed):
    """Acceleration in g, angular rate in deg/s, temperature in degC.

    The numbers of a fault of what is measured are six: acceleration x, y, z, then rate x, y, z.
    """

    DUMMY_BYTES_OF_SPI_READ = 1  # 6.4
    TEMPERATURE_ZERO_C = 23
    MEASURES = 6

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._file = ConfigurationFile()
        self._fifo = Bmi270Fifo(_FIFO_BYTES)
        self._motion = AnyMotion()
        self._starting: Handle | None = None
        self.reset()

    def _reset_registers(self) -> None:
        self._values = dict(reg.RESET)
        self._features = bytearray(8 * 16)
        AnyMotion.preset(self._features)
        self._data = bytes(12)  # acceleration, rate
        self._status, self._event = reg.STATUS_CMD_RDY, reg.EVENT_POR
        self._int_0 = self._int_1 = 0
        self._message = reg.NOT_INITIALISED
        self._awake_tick: int | None = None  # when the power save mode was left
        self._spi = False
        self._file.clear()
        self._configure_fifo()
        self._motion.clear()
        self._clock.stop()
        if self._starting is not None:
            self.host.cancel(self._starting)
            self._starting = None
        self._time_origin = self.host.ticks()
        self._update_pins()

    # ---- the world ----

    def feed(self, samples: Samples, channel: int = 0) -> None:
        """Channel 0: acceleration; channel 1: angular rate."""
        if channel not in (0, 1):
            raise EngineError(f"{self.name} measures on the channels 0 and 1, not on {channel}")
        (self.feed_of_rate if channel else self.feed_of_acceleration).play(samples)

    # ---- the bus ----

    def transfer_begins(self) -> None:
        """Bursts to and from the file begin at INIT_ADDR."""
        self._file.new_transfer()

    def transfer_ends(self) -> None:
        """A FIFO frame that was cut off comes again."""
        self._fifo.end_of_transfer()

    def answers_i2c(self) -> bool:
        """Not after its chip select was used (6.2)."""
        return not self._spi

    def exchange(self, byte: int) -> int:
        """Nothing but zeros comes before the interface is SPI."""
        answer = super().exchange(byte)
        return answer if self._spi else 0

    def deselect(self) -> None:
        """The rising edge of the chip select makes the interface SPI, until a reset (6.2)."""
        super().deselect()
        self._spi = True

    def next_address(self, address: int) -> int:
        """Two registers are doors to memories."""
        return address if address in (reg.FIFO_DATA, reg.INIT_DATA) else (address + 1) & 0x7F

    # ---- registers ----

    def read_register(self, address: int) -> int:
        """Section 5.2."""
        if reg.ACC_X_LSB <= address < reg.SENSORTIME_0:
            return self._read_data(address)
        if reg.FEATURES <= address < reg.FEATURES + 16:
            return self._features[self._feature(address)]
        match address:
            case reg.CHIP_ID:
                return reg.IDENTITY
            case reg.STATUS:
                return self._status
            case reg.EVENT:
                value, self._event = self._event, 0
                return value
            case reg.INT_STATUS_0:
                value, self._int_0 = self._int_0, 0
                self._update_pins()
                return value
            case reg.INT_STATUS_1:
                value, self._int_1 = self._int_1 | self._fifo_bits(), 0
                self._update_pins()
                return value
            case reg.INTERNAL_STATUS:
                return self._message
            case reg.FIFO_DATA:
                value = self._fifo.read(self._sensor_time())
                self._update_pins()
                return value
            case reg.INIT_DATA:
                return self._file.give(self._file_address())
        offset = address - reg.SENSORTIME_0
        if 0 <= offset < 3:
            return self._sensor_time() >> 8 * offset & 0xFF
        if address in (reg.TEMPERATURE_0, reg.TEMPERATURE_0 + 1):
            return self._temperature_word() >> 8 * (address - reg.TEMPERATURE_0) & 0xFF
        if address in (reg.FIFO_LENGTH_0, reg.FIFO_LENGTH_0 + 1):
            return len(self._fifo) >> 8 * (address - reg.FIFO_LENGTH_0) & 0xFF
        return self._values.get(address, 0)

    def write_register(self, address: int, value: int) -> None:
        """Section 5.2."""
        if reg.FEATURES <= address < reg.FEATURES + 16:
            if self._message == reg.INITIALISED:
                self._features[self._feature(address)] = value
            return
        if address == reg.INIT_DATA:
            if self._awake():
                self._file.take(value, self._file_address())
            return
        if address == reg.CMD:
            self._command(value)
            return
        if address not in self._values:
            return
        before, self._values[address] = self._values[address], value
        match address:
            case reg.INIT_CTRL:
                self._init(value)
            case reg.PWR_CONF:
                saves = value & reg.ADVANCED_POWER_SAVE
                if saves or before & reg.ADVANCED_POWER_SAVE:
                    self._awake_tick = None if saves else self.host.ticks()
            case reg.PWR_CTRL | reg.ACC_CONF | reg.GYR_CONF if before != value:
                self._start()
            case reg.FIFO_CONFIG_0 | reg.FIFO_CONFIG_1 if before != value:
                self._configure_fifo()
        self._update_pins()

    def _configure_fifo(self) -> None:
        """A change of what goes in empties it (4.7)."""
        modes, content = self._values[reg.FIFO_CONFIG_0], self._values[reg.FIFO_CONFIG_1]
        self._fifo.clear()
        self._fifo.stop_on_full = bool(modes & reg.FIFO_STOP_ON_FULL)
        self._fifo.sends_time = bool(modes & reg.FIFO_TIME_EN)
        self._fifo.headers = bool(content & reg.FIFO_HEADER_EN)

    def _command(self, value: int) -> None:
        if value == reg.FIFO_FLUSH:
            self._fifo.clear()
        elif value == reg.SOFT_RESET:
            self._reset_registers()
            self._status = 0
            self.host.after(_SOFT_RESET_S, self._ready)
        self._update_pins()

    def _ready(self) -> None:
        self._status |= reg.STATUS_CMD_RDY
        self._spi = False  # whoever talks SPI begins with an edge of the chip select again

    def _feature(self, address: int) -> int:
        return (self._values[reg.FEAT_PAGE] & 7) * 16 + address - reg.FEATURES

    def _file_address(self) -> int:
        words = self._values[reg.INIT_ADDR_0] & 0xF | self._values[reg.INIT_ADDR_1] << 4
        return 2 * words

    def _awake(self) -> bool:
        """Out of the power save mode, and for long enough (4.3)."""
        if self._awake_tick is None:
            return False
        return self.host.ticks() - self._awake_tick >= WAKE_UP_S * self.host.tick_hz

    def _init(self, value: int) -> None:
        if value & 1 and self._starting is None and self._message != reg.INITIALISED:
            self._starting = self.host.after(START_S, self._started)
        elif not value & 1:
            self._file.clear()

    def _started(self) -> None:
        self._starting = None
        self._message = reg.INITIALISED if self._file.complete else reg.INIT_ERROR
        self._start()

    # ---- conversions ----

    def _rates(self) -> tuple[Fraction | None, Fraction | None]:
        """Samples a second of accelerometer and gyroscope; None: off."""
        power = self._values[reg.PWR_CTRL] if self._message == reg.INITIALISED else 0
        acc = reg.rate_hz(self._values[reg.ACC_CONF] & 0xF, 12)
        gyr = reg.rate_hz(self._values[reg.GYR_CONF] & 0xF, 13)
        return (acc if power & reg.ACC_EN else None), (gyr if power & reg.GYR_EN else None)

    def _start(self) -> None:
        rates = self._rates()
        on = [rate for rate in rates if rate is not None]
        self._count = 0
        if not on:
            self._clock.stop()
            return
        fastest = max(on)
        # all rates are a power of two apart: one clock, of which each sensor takes every n-th tick
        self._every = tuple(0 if rate is None else int(fastest / rate) for rate in rates)
        self._motion.rate_hz = float(rates[0] or 0)
        self._clock.start(fastest)

    def _convert(self) -> None:
        self._count += 1
        due = [every and self._count % every == 0 for every in self._every]
        acc_row = self.feed_of_acceleration.take() if due[0] else (0.0, 0.0, 0.0)
        gyr_row = self.feed_of_rate.take() if due[1] else (0.0, 0.0, 0.0)
        row = self.disturbed((*acc_row, *gyr_row))
        if row is None:
            return
        acc = self._words(row[:3], self._acc_range()) if due[0] else None
        gyr = self._words(row[3:], self._gyr_range()) if due[1] else None
        fresh = 0
        if acc is not None:
            self._data = acc + self._data[6:]
            fresh |= reg.INT_ACC_DRDY
            if self._motion.convert(row[:3], self._features):
                self._int_0 |= reg.INT_ANY_MOTION
        if gyr is not None:
            self._data = self._data[:6] + gyr
            fresh |= reg.INT_GYR_DRDY
        self._status |= fresh  # the same two bits
        takes = self._values[reg.FIFO_CONFIG_1]
        enabled = bool(takes & reg.FIFO_ACC_EN) + bool(takes & reg.FIFO_GYR_EN)
        self._fifo.put(
            acc if takes & reg.FIFO_ACC_EN else None,
            gyr if takes & reg.FIFO_GYR_EN else None,
            enabled,
        )
        if not self._values[reg.INT_LATCH] & 1:
            self._int_1 = 0  # not latched: each sample makes an edge of its own
            self._update_pins()
            self._int_0 = reg.INT_ANY_MOTION if self._motion.moving else 0
        self._int_1 |= fresh
        self._update_pins()

    def _acc_range(self) -> float:
        return reg.ACC_RANGES_G[self._values[reg.ACC_RANGE] & 3]

    def _gyr_range(self) -> float:
        return reg.GYR_RANGES_DPS[min(self._values[reg.GYR_RANGE] & 7, 4)]

    @staticmethod
    def _words(row: Row, full_scale: float) -> bytes:
        steps = (max(-0x8000, min(0x7FFF, value / full_scale * 0x8000)) for value in row)
        return b"".join(round(step).to_bytes(2, "little", signed=True) for step in steps)

    # ---- what the firmware sees ----

    def _read_data(self, address: int) -> int:
        acceleration = address < reg.GYR_X_LSB
        self._status &= ~(reg.STATUS_DRDY_ACC if acceleration else reg.STATUS_DRDY_GYR)
        if not self._values[reg.INT_LATCH] & 1:
            self._int_1 &= ~(reg.INT_ACC_DRDY if acceleration else reg.INT_GYR_DRDY)
            self._update_pins()
        return self._data[address - reg.ACC_X_LSB]

    def _sensor_time(self) -> int:
        ticks = self.host.ticks() - self._time_origin
        return ticks * _SENSOR_TIME_HZ // self.host.tick_hz & 0xFF_FFFF

    def _temperature_word(self) -> int:
        if not any(self._rates()):
            return _NO_TEMPERATURE
        return round((self._temperature_c - self.TEMPERATURE_ZERO_C) * _STEPS_A_DEGREE) & 0xFFFF

    def _fifo_bits(self) -> int:
        low, high = self._values[reg.FIFO_WTM_0], self._values[reg.FIFO_WTM_0 + 1] & 0x1F
        watermark = high << 8 | low
        reached = bool(watermark) and len(self._fifo) >= watermark
        full = not self._fifo.has_room()
        return (reg.INT_FWM if reached else 0) | (reg.INT_FFULL if full else 0)

    def _update_pins(self) -> None:
        """INT_MAP_DATA and INTx_MAP_FEAT route, INTx_IO_CTRL drives (4.8)."""
        now = self._int_1 | self._fifo_bits()
        drdy = now & (reg.INT_ACC_DRDY | reg.INT_GYR_DRDY)
        shown = (
            (reg.MAP_FFULL if now & reg.INT_FFULL else 0)
            | (reg.MAP_FWM if now & reg.INT_FWM else 0)
            | (reg.MAP_DRDY if drdy else 0)
        )
        routed = self._values[reg.INT_MAP_DATA]
        pins = (
            ("Interrupt1", reg.INT1_IO_CTRL, reg.INT1_MAP_FEAT, routed & 0xF),
            ("Interrupt2", reg.INT2_IO_CTRL, reg.INT2_MAP_FEAT, routed >> 4),
        )
        for name, control, features, data in pins:
            active = bool(data & shown or self._values[features] & self._int_0)
            drive = self._values[control]
            high = active == bool(drive & reg.IO_LEVEL_HIGH)
            self._wires[name].set(bool(drive & reg.IO_OUTPUT) and high)
