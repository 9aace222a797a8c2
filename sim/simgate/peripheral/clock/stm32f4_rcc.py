"""Reset and clock control of STM32F405/407 (RM0090, section 7).

What hardware refuses is refused: switching off the clock that the system runs on, changing a PLL
that is on, changing the bypass of HSE while it is on, a PLL without its input. The clock security
system reads back; the crystal never fails here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from simgate.peripheral.clock.clock_control import ClockControl, ahb_divider
from simgate.peripheral.clock.stm32f4_gates import ENABLES, RESETS
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral
from simgate.peripheral.reset_cause import ResetCause

CR, PLLCFGR, CFGR, CIR, BDCR, CSR = 0x00, 0x04, 0x08, 0x0C, 0x70, 0x74
PLLI2SCFGR = 0x84

# CR, 7.3.1: each ON bit has its ready bit one above
HSION, HSIRDY, HSEON, HSERDY = 1 << 0, 1 << 1, 1 << 16, 1 << 17
PLLON, PLLRDY, PLLI2SON, PLLSAION = 1 << 24, 1 << 25, 1 << 26, 1 << 28
_HSEBYP = 1 << 18
_PLLSRC_HSE = 1 << 22  # PLLCFGR, 7.3.2; the source of all PLLs
_COMMON_FACTORS = _PLLSRC_HSE | 0x3F  # with PLLM: shared, too
_SW_HSI, _SW_HSE, _SW_PLL, _SW_RESERVED = 0, 1, 2, 3  # CFGR, 7.3.3
_HSI_HZ = 16_000_000
_READY_OF_SW = (HSIRDY, HSERDY, PLLRDY)
_CLOCK_OF_READY = {
    HSIRDY: "HSI",
    HSERDY: "HSE",
    PLLRDY: "PLL",
    PLLI2SON << 1: "PLLI2S",
    PLLSAION << 1: "PLLSAI",
}
_FLAG_BITS = {"LSI": 0, "LSE": 1, "HSI": 2, "HSE": 3, "PLL": 4, "PLLI2S": 5, "PLLSAI": 6}  # CIR
_RMVF, _RESET_FLAGS = 1 << 24, 0xFE000000  # CSR, 7.3.21
_PINRSTF = 1 << 26  # every reset of the chip pulls NRST low
_CAUSES = {
    ResetCause.SOFTWARE: 1 << 28,  # SFTRSTF
    ResetCause.INDEPENDENT_WATCHDOG: 1 << 29,  # IWDGRSTF
    ResetCause.WINDOW_WATCHDOG: 1 << 30,  # WWDGRSTF
}


@peripheral("Miscellaneous.STM32F4_RCC")
class Stm32F4Rcc(ClockControl):
    """The clock tree, as far as firmware can see it."""

    ATTRIBUTES = ClockControl.ATTRIBUTES | {"rtcPeripheral"}
    ENABLES = ENABLES
    RESETS = RESETS
    BDCR = BDCR
    CSR = CSR
    OSCILLATORS: ClassVar[int] = HSION | HSEON  # that start when they are switched on
    PLLS: ClassVar[int] = PLLON | PLLI2SON

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_write |= {
            CR: self._write_cr,
            PLLCFGR: self._write_pllcfgr,
            PLLI2SCFGR: self._write_unless_on(PLLI2SCFGR, PLLI2SON),
            CFGR: self._write_cfgr,
            CIR: self._write_cir,
        }

    def registers(self) -> tuple[Register, ...]:
        """RM0090, table of 7.3.24."""
        return (
            Register(CR, "CR", 0x0000_0083, 0x050D_00F9),
            Register(PLLCFGR, "PLLCFGR", 0x2400_3010, 0x0F43_7FFF),
            Register(CFGR, "CFGR", 0, 0xFFFF_FCF3),
            Register(CIR, "CIR", 0, 0x0000_3F00),
            Register(0x10, "AHB1RSTR", 0, 0x2260_11FF),
            Register(0x14, "AHB2RSTR", 0, 0x0000_00F1),
            Register(0x18, "AHB3RSTR", 0, 0x0000_0001),
            Register(0x20, "APB1RSTR", 0, 0x36FE_C9FF),
            Register(0x24, "APB2RSTR", 0, 0x0007_5933),
            Register(0x30, "AHB1ENR", 0x0010_0000, 0x7E74_11FF),
            Register(0x34, "AHB2ENR", 0, 0x0000_00F1),
            Register(0x38, "AHB3ENR", 0, 0x0000_0001),
            Register(0x40, "APB1ENR", 0, 0x36FE_C9FF),
            Register(0x44, "APB2ENR", 0, 0x0007_5F33),
            Register(0x50, "AHB1LPENR", 0x7E67_91FF, 0x7E67_91FF),
            Register(0x54, "AHB2LPENR", 0x0000_00F1, 0x0000_00F1),
            Register(0x58, "AHB3LPENR", 0x0000_0001, 0x0000_0001),
            Register(0x60, "APB1LPENR", 0x36FE_C9FF, 0x36FE_C9FF),
            Register(0x64, "APB2LPENR", 0x0007_5F33, 0x0007_5F33),
            Register(BDCR, "BDCR", 0, 0x0001_8305),
            Register(CSR, "CSR", 0x0E00_0000, 0x0000_0001),
            Register(0x80, "SSCGR", 0, 0xEFFF_FFFF),
            Register(PLLI2SCFGR, "PLLI2SCFGR", 0x2000_3000, 0x7000_7FC0),
        )

    def system_reset(self, cause: ResetCause) -> None:
        """The backup domain and the flags of earlier resets stay (7.1.1 to 7.1.3)."""
        self._reset_but({BDCR: 0xFFFFFFFF, CSR: _RESET_FLAGS})
        self._values[CSR] |= _PINRSTF | _CAUSES.get(cause, 0)

    @property
    def system_clock(self) -> str:
        """What SYSCLK runs on: "HSI", "HSE" or "PLL"."""
        return ("HSI", "HSE", "PLL")[self._sws()]

    def core_clock_hz(self) -> float:
        """HCLK (7.3.2, 7.3.3)."""
        pll = self._values[PLLCFGR]
        hz: float = self.hse_hz if self._sws() == _SW_HSE else _HSI_HZ
        if self._sws() == _SW_PLL:
            hz = self.hse_hz if pll & _PLLSRC_HSE else _HSI_HZ
            hz *= (pll >> 6 & 0x1FF) / max(pll & 0x3F, 1) / (2 * ((pll >> 16 & 3) + 1))
        return hz / ahb_divider(self._values[CFGR] >> 4)

    def _sws(self) -> int:
        return (self._values[CFGR] >> 2) & 3

    def _pll_source(self) -> int:
        return HSEON if self._values[PLLCFGR] & _PLLSRC_HSE else HSION

    def _write_cr(self, value: int, mask: int) -> None:
        before = self._values[CR]
        if before & HSEON:
            mask &= ~_HSEBYP
        keep = self._in_use() & ~value
        stored = self.store(CR, value | keep, mask) & ~((self.OSCILLATORS | self.PLLS) << 1)
        stored |= (stored & self.OSCILLATORS) << 1
        if stored & self._pll_source() << 1:
            stored |= (stored & self.PLLS) << 1
        self._values[CR] = stored
        self._switch()
        self._tell_ready(before, stored, _CLOCK_OF_READY)

    def _in_use(self) -> int:
        """ON bits that hardware holds because SYSCLK depends on them."""
        sws = self._sws()
        if sws == _SW_HSI:
            return HSION
        if sws == _SW_HSE:
            return HSEON
        return PLLON | self._pll_source()

    def _write_pllcfgr(self, value: int, mask: int) -> None:
        on = self._values[CR]
        if on & self.PLLS:
            mask &= ~_COMMON_FACTORS
        if not on & PLLON:
            self.store(PLLCFGR, value, mask)

    def _write_unless_on(self, offset: int, pll: int) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            if not self._values[CR] & pll:
                self.store(offset, value, mask)

        return write

    def _write_cfgr(self, value: int, mask: int) -> None:
        if mask & 3 and value & 3 == _SW_RESERVED:
            mask &= ~3  # "not allowed": the switch keeps its position
        self.store(CFGR, value, mask)
        self._switch()

    def _switch(self) -> None:
        """SWS follows SW once the selected clock is ready."""
        selected = self._values[CFGR] & 3
        if self._values[CR] & _READY_OF_SW[selected]:
            self._values[CFGR] = (self._values[CFGR] & ~0xC) | selected << 2

    def _became_ready(self, clock: str) -> None:
        flag = 1 << _FLAG_BITS[clock]
        if self._values[CIR] & flag << 8:
            self._values[CIR] |= flag
        self._request()

    def _write_cir(self, value: int, mask: int) -> None:
        cleared = (value & mask) >> 16 & 0xFF
        self._values[CIR] &= ~cleared
        self.store(CIR, value, mask)
        self._request()

    def _request(self) -> None:
        value = self._values[CIR]
        self._wires[None].set(bool(value & value >> 8 & 0x7F))

    def _write_csr(self, value: int, mask: int) -> None:
        super()._write_csr(value, mask)
        if value & mask & _RMVF:
            self._values[CSR] &= ~_RESET_FLAGS
