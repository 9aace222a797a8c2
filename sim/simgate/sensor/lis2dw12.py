"""ST LIS2DW12: accelerometer of three axes, 14 or 12 bits, over I2C or SPI.

After ST's data sheet LIS2DW12 (sections by number below) and application note AN5038. Modelled:
identity, the control registers, every output data rate in virtual time, conversion on demand, both
resolutions, four full scales, user offsets, block data update, the 32-slot FIFO in its five modes,
temperature, data-ready, FIFO, wake-up and free-fall interrupts on both pins, latched or not,
pulsed data-ready. Not modelled: tap, 6D and sleep recognition, self-test, the filters' frequency
response (each conversion takes the world as it is at that instant); a firmware that routes one of
those interrupts to a pin is reported in ``RunResult.stubs``.

Pins: ``Interrupt1 -> gpioPortA@1``, ``Interrupt2``. The sensor has a power supply of its own: a
reset of the chip does not reset it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.model import Samples
from simgate.peripheral.registry import peripheral
from simgate.sensor import lis2dw12_registers as reg
from simgate.sensor.axes_feed import MOST_G
from simgate.sensor.inertial_sensor import InertialSensor
from simgate.sensor.lis2dw12_events import FF_IA, WU_IA, MotionEvents
from simgate.sensor.rows import Row
from simgate.sensor.sample_fifo import BYPASS, SampleFifo

_FIFO_DEPTH = 32
_PULSE_S = 75e-6  # AN5038, section 5.2: width of pulsed data-ready


@peripheral("Sensors.LIS2DW12")
class Lis2dw12(InertialSensor):
    """Acceleration in g, temperature in degC."""

    PROPERTIES: ClassVar[Mapping[str, str]] = {
        **InertialSensor.PROPERTIES,
        "DefaultAccelerationX": "default_x",
        "DefaultAccelerationY": "default_y",
        "DefaultAccelerationZ": "default_z",
    }
    MEASURES = 3

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._fifo: SampleFifo[bytes] = SampleFifo(_FIFO_DEPTH)
        self._events = MotionEvents()
        self._demand: int | None = None
        self._values: dict[int, int] = {}
        self.reset()

    def _reset_registers(self) -> None:
        """Section 7, column "Default"."""
        self._values = {address: reg.RESET.get(address, 0) for address in reg.WRITABLE}
        self._output = bytes(6)
        self._latched: dict[int, int] = {}  # high bytes that wait for block data update
        self._data_ready = self._temperature_ready = self._pulse = False
        self._fifo.set_mode(BYPASS)
        self._events.clear()
        self._clock.stop()
        if self._demand is not None:
            self.host.cancel(self._demand)
            self._demand = None
        self._update_pins()

    # ---- the world ----

    def feed(self, samples: Samples, channel: int = 0) -> None:
        """Acceleration from samples whose time begins now."""
        if channel:
            raise EngineError(f"{self.name} measures on channel 0 only, not on {channel}")
        self.feed_of_acceleration.play(samples)

    @property
    def default_x(self) -> float:
        """g, where nothing was fed."""
        return self.feed_of_acceleration.default[0]

    @default_x.setter
    def default_x(self, value: float) -> None:
        self.feed_of_acceleration.set_default(0, self.within(value, -MOST_G, MOST_G, "g"))

    @property
    def default_y(self) -> float:
        """g, where nothing was fed."""
        return self.feed_of_acceleration.default[1]

    @default_y.setter
    def default_y(self, value: float) -> None:
        self.feed_of_acceleration.set_default(1, self.within(value, -MOST_G, MOST_G, "g"))

    @property
    def default_z(self) -> float:
        """g, where nothing was fed."""
        return self.feed_of_acceleration.default[2]

    @default_z.setter
    def default_z(self, value: float) -> None:
        self.feed_of_acceleration.set_default(2, self.within(value, -MOST_G, MOST_G, "g"))

    # ---- registers ----

    def answers_i2c(self) -> bool:
        """CTRL2.I2C_DISABLE."""
        return not self._values[reg.CTRL2] & reg.I2C_DISABLE

    def next_address(self, address: int) -> int:
        """CTRL2.IF_ADD_INC; a burst from the FIFO goes round its six bytes (5.4)."""
        if not self._values[reg.CTRL2] & reg.IF_ADD_INC:
            return address
        if address == reg.OUT_Z_H and self._fifo.mode != BYPASS:
            return reg.OUT_X_L
        return (address + 1) & 0x7F

    def read_register(self, address: int) -> int:
        """Section 8."""
        if reg.OUT_X_L <= address <= reg.OUT_Z_H:
            return self._read_output(address)
        if address in self._values:
            return self._values[address]
        match address:
            case reg.WHO_AM_I:
                return reg.IDENTITY
            case reg.OUT_T:
                self._temperature_ready = False
                self._update_pins()
                return round(self._temperature_c - self.TEMPERATURE_ZERO_C) & 0xFF
            case reg.OUT_T_L | reg.OUT_T_H:  # 16 steps a degree, left-justified (8.1)
                steps = round((self._temperature_c - self.TEMPERATURE_ZERO_C) * 16) << 4
                if address == reg.OUT_T_L:
                    return steps & 0xF0
                self._temperature_ready = False
                self._update_pins()
                return (steps >> 8) & 0xFF
            case reg.STATUS | reg.STATUS_DUP:
                return self._status(address)
            case reg.FIFO_SAMPLES:
                return self._threshold() << 7 | self._fifo.overrun << 6 | len(self._fifo)
            case reg.WAKE_UP_SRC | reg.ALL_INT_SRC:
                return self._read_source(address)
        return 0

    def write_register(self, address: int, value: int) -> None:
        """Section 8."""
        writable = reg.WRITABLE.get(address)
        if writable is None:
            return  # read-only or reserved
        before, self._values[address] = self._values[address], value & writable
        match address:
            case reg.CTRL1 if before != value:
                self._start()
            case reg.CTRL2:
                self._write_ctrl2(value)
            case reg.CTRL3:
                self._write_ctrl3(value)
            case reg.CTRL4 if value & reg.INT1_UNMODELLED:
                self.host.touched(f"{self.name} ({self.TYPE}): tap and 6D recognition")
            case reg.CTRL5 if value & reg.INT2_UNMODELLED:
                self.host.touched(f"{self.name} ({self.TYPE}): sleep and boot interrupts")
            case reg.FIFO_CTRL:
                self._fifo.set_mode(value >> 5)
            case reg.CTRL7 if not value & reg.INTERRUPTS_ENABLE:
                self._events.clear()
        self._update_pins()

    def _write_ctrl2(self, value: int) -> None:
        if value & reg.SOFT_RESET:  # back at its default within 5 us (8.5)
            self._reset_registers()
        self._values[reg.CTRL2] &= ~(reg.BOOT | reg.SOFT_RESET)

    def _write_ctrl3(self, value: int) -> None:
        on_demand = self._values[reg.CTRL1] >> 2 & 3 == 2
        start = value & reg.SLP_MODE_1 and value & reg.SLP_MODE_SEL
        if not (on_demand and start and self._rate()):
            if not value & reg.SLP_MODE_SEL:
                self._values[reg.CTRL3] &= ~reg.SLP_MODE_1
            return
        if self._demand is None:
            wait_s = reg.CONVERSION_S[self._values[reg.CTRL1] & 3]
            self._demand = self.host.after(wait_s, self._convert_on_demand)

    def _convert_on_demand(self) -> None:
        self._demand = None
        self._values[reg.CTRL3] &= ~reg.SLP_MODE_1
        self._convert()

    # ---- conversions ----

    def _rate(self) -> Fraction | None:
        """Samples a second; None in power-down."""
        ctrl1 = self._values[reg.CTRL1]
        rates = reg.RATES_TENTH_HZ.get(ctrl1 >> 4)
        return None if rates is None else Fraction(rates[0 if ctrl1 >> 2 & 3 == 1 else 1], 10)

    def _start(self) -> None:
        rate = self._rate()
        if rate is None or self._values[reg.CTRL1] >> 2 & 3 == 2:
            self._clock.stop()
        else:
            self._clock.start(rate)

    def _full_scale_g(self) -> int:
        return 2 << (self._values[reg.CTRL6] >> 4 & 3)

    def _offset(self) -> Row:
        """User offsets in g (8.25 to 8.27): steps of 977 ug or 15.6 mg."""
        step = 0.0156 if self._values[reg.CTRL7] & reg.USR_OFF_W else 0.000977
        words = (self._values[reg.X_OFS_USR + axis] for axis in range(3))
        return tuple((word - (word >> 7 << 8)) * step for word in words)

    def _convert(self) -> None:
        row = self.disturbed(self.feed_of_acceleration.take())
        if row is None:
            return
        ctrl7, full_scale = self._values[reg.CTRL7], self._full_scale_g()
        seen = row
        if ctrl7 & reg.USR_OFF_ON_OUT:
            seen = tuple(value - o for value, o in zip(row, self._offset(), strict=True))
        sample = b"".join(self._word(value, full_scale) for value in seen)
        begun = False
        if ctrl7 & reg.INTERRUPTS_ENABLE:
            begun = self._recognise(row, full_scale)
        self._fifo.put(sample)
        if begun:
            self._fifo.event = True
        if not self._fifo.collecting:
            self._output = sample
        self._data_ready = self._temperature_ready = True
        if ctrl7 & reg.DRDY_PULSED:
            self._pulse = True
            self.host.after(_PULSE_S, self._end_pulse)
        self._update_pins()

    def _word(self, value: float, full_scale: int) -> bytes:
        """Left-justified: 14 bits, or 12 in low-power mode 1 (8.4, 8.11)."""
        ctrl1 = self._values[reg.CTRL1]
        bits = 12 if ctrl1 >> 2 & 3 != 1 and not ctrl1 & 3 else 14
        top = 1 << (bits - 1)
        steps = max(-top, min(top - 1, value / full_scale * top))  # infinite: saturated
        return (round(steps) << (16 - bits)).to_bytes(2, "little", signed=True)

    def _recognise(self, row: Row, full_scale: int) -> bool:
        duration = self._values[reg.WAKE_UP_DUR]
        fall = self._values[reg.FREE_FALL]
        use_offset = self._values[reg.CTRL7] & reg.USR_OFF_ON_WU
        return self._events.convert(
            row,
            wake_g=(self._values[reg.WAKE_UP_THS] & 0x3F) * full_scale / 64,
            wake_samples=duration >> 5 & 3,
            offset=self._offset() if use_offset else None,
            fall_g=reg.FREE_FALL_MG[fall & 7] / 1000,
            fall_samples=(duration >> 7) << 5 | fall >> 3,
        )

    def _end_pulse(self) -> None:
        self._pulse = False
        self._update_pins()

    # ---- what the firmware sees ----

    def _read_output(self, address: int) -> int:
        first = self._fifo.first() if self._fifo.mode != BYPASS else None
        if first is not None:
            self._output = first
        index = address - reg.OUT_X_L
        value = self._output[index]
        if self._values[reg.CTRL2] & reg.BDU and first is None:
            if index % 2 == 0:
                self._latched[address + 1] = self._output[index + 1]
            else:
                value = self._latched.pop(address, value)
        if address in reg.OUT_HIGH_BYTES:
            self._data_ready = False
            if address == reg.OUT_Z_H and first is not None:
                self._fifo.drop_first()
            self._update_pins()
        return value

    def _threshold(self) -> bool:
        """FIFO_FTH: filled up to the threshold or beyond."""
        level = max(self._values[reg.FIFO_CTRL] & 0x1F, 1)
        return self._fifo.mode != BYPASS and len(self._fifo) >= level

    def _event(self) -> int:
        """WAKE_UP_SRC as it shows: latched or of now (CTRL3.LIR)."""
        latched = self._values[reg.CTRL3] & reg.LIR
        return self._events.latched if latched else self._events.source

    def _status(self, address: int) -> int:
        event = self._event()
        value = bool(event & FF_IA) << 1 | self._data_ready
        if address == reg.STATUS:
            return value | self._threshold() << 7 | bool(event & WU_IA) << 6
        return value | self._fifo.overrun << 7 | self._temperature_ready << 6

    def _read_source(self, address: int) -> int:
        event = self._event()
        self._events.latched = 0
        self._update_pins()
        if address == reg.WAKE_UP_SRC:
            return event
        return bool(event & FF_IA) | bool(event & WU_IA) << 1

    def _update_pins(self) -> None:
        """CTRL4 and CTRL5 route, CTRL3.H_LACTIVE turns (5.1)."""
        int1, int2 = self._values[reg.CTRL4], self._values[reg.CTRL5]
        ctrl7 = self._values[reg.CTRL7]
        ready = self._pulse if ctrl7 & reg.DRDY_PULSED else self._data_ready
        shared = (
            (reg.ROUTE_DRDY if ready else 0)
            | (reg.ROUTE_FTH if self._threshold() else 0)
            | (reg.ROUTE_FULL if self._fifo.full else 0)
        )
        event = self._event() if ctrl7 & reg.INTERRUPTS_ENABLE else 0
        first = bool(
            int1 & shared
            or (int1 & reg.INT1_WU and event & WU_IA)
            or (int1 & reg.INT1_FF and event & FF_IA)
        )
        second = bool(
            int2 & shared
            or (int2 & reg.INT2_OVR and self._fifo.overrun)
            or (int2 & reg.INT2_DRDY_T and self._temperature_ready)
        )
        if ctrl7 & reg.INT2_ON_INT1:
            first, second = first or second, False
        low = bool(self._values[reg.CTRL3] & reg.H_LACTIVE)
        self._wires["Interrupt1"].set(first != low)
        self._wires["Interrupt2"].set(second != low)
