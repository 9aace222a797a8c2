"""Reset and clock control of STM32H742/743/753 (RM0433, section 8).

What hardware refuses is refused: switching off the clock that the system runs on, changing a PLL
that is on, a PLL without its input or without the output that the switch asks for. The clock
security systems read back; the crystals never fail here. The registers that belong to the core show
at two addresses (RCC_x and RCC_C1_x).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from simgate.peripheral.clock.clock_control import ahb_divider
from simgate.peripheral.clock.ready_flags import ReadyFlags
from simgate.peripheral.clock.stm32h7_gates import ENABLES, KERNEL_CLOCKS, RESETS
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral
from simgate.peripheral.reset_cause import ResetCause

CR, CFGR, PLLCKSELR, PLLCFGR = 0x00, 0x10, 0x28, 0x2C
PLL_DIVIDERS = (0x30, 0x38, 0x40)  # PLL1DIVR, PLL2DIVR, PLL3DIVR
_D1CFGR, _PLL1FRACR = 0x18, 0x34
_HSI_HZ = 64_000_000
CIER, CIFR, CICR, BDCR, CSR, RSR = 0x60, 0x64, 0x68, 0x70, 0x74, 0xD0
_CORE_FIRST, _CORE_LAST, _CORE_ALIAS = 0xD0, 0x11F, 0x60  # RCC_C1_x lies this much above

# CR, 8.7.2
HSION, HSIRDY, CSION, CSIRDY = 1 << 0, 1 << 2, 1 << 7, 1 << 8
_HSI48ON, _HSI48RDY = 1 << 12, 1 << 13
HSEON, HSERDY = 1 << 16, 1 << 17
_HSEBYP, _HSECSSON = 1 << 18, 1 << 19
PLL_ON = (1 << 24, 1 << 26, 1 << 28)
PLL_READY = tuple(on << 1 for on in PLL_ON)
_ALL_PLLS = sum(PLL_ON)
_HSIDIV, _HSIDIVF = 3 << 3, 1 << 5
_OSCILLATORS = ((HSION, HSIRDY), (CSION, CSIRDY), (_HSI48ON, _HSI48RDY), (HSEON, HSERDY))
_CLOCK_OF_READY = {
    HSIRDY: "HSI",
    HSERDY: "HSE",
    CSIRDY: "CSI",
    _HSI48RDY: "HSI48",
    PLL_READY[0]: "PLL1",
    PLL_READY[1]: "PLL2",
    PLL_READY[2]: "PLL3",
}
# CFGR, 8.7.6: HSI, CSI, HSE, PLL1
_SW_PLL1 = 3
_SYSTEM_CLOCKS = ((HSION, HSIRDY), (CSION, CSIRDY), (HSEON, HSERDY))
# PLLCKSELR, 8.7.10: the same order; 3: no clock
_PLLSRC, _NO_SOURCE = 3, 3
_DIVM = (0x3F << 4, 0x3F << 12, 0x3F << 20)
# PLLCFGR, 8.7.11
_RANGES = (0xE, 0xE << 4, 0xE << 8)  # VCOSEL and RGE; FRACEN can always be written
_OUTPUTS = (7 << 16, 7 << 19, 7 << 22)
_DIVP1EN = 1 << 16
_RMVF, _RESET_FLAGS = 1 << 16, 0x55FA_0000  # RSR, 8.7.38
_CPURSTF, _PINRSTF = 1 << 17, 1 << 22  # every reset of the chip pulls NRST low
_CAUSES = {
    ResetCause.SOFTWARE: 1 << 24,  # SFTRSTF
    ResetCause.INDEPENDENT_WATCHDOG: 1 << 26,  # IWDG1RSTF
    ResetCause.WINDOW_WATCHDOG: 1 << 28,  # WWDG1RSTF
}


@peripheral("Miscellaneous.STM32H7_RCC")
class Stm32H7Rcc(ReadyFlags):
    """The clock tree, as far as firmware can see it."""

    ATTRIBUTES = ReadyFlags.ATTRIBUTES | {"systick", "csiFrequency"}
    ENABLES = ENABLES
    RESETS = RESETS
    KERNEL_CLOCKS = KERNEL_CLOCKS
    BDCR = BDCR
    CSR = CSR
    CIER = CIER
    CIFR = CIFR
    CICR = CICR
    FLAG_BITS: ClassVar[Mapping[str, int]] = {
        clock: bit
        for bit, clock in enumerate(
            ("LSI", "LSE", "HSI", "HSE", "CSI", "HSI48", "PLL1", "PLL2", "PLL3")
        )
    }

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_write |= {
            CR: self._write_cr,
            CFGR: self._write_cfgr,
            PLLCKSELR: self._write_pllckselr,
            PLLCFGR: self._write_pllcfgr,
            RSR: self._write_rsr,
        }
        self._csi_hz = self.integer("csiFrequency", 4_000_000)
        for on, offset in zip(PLL_ON, PLL_DIVIDERS, strict=True):
            self._on_write[offset] = self._write_divider(offset, on)

    def registers(self) -> tuple[Register, ...]:
        """RM0433, table of 8.7.49 for parts of revision V; calibration values read 0."""
        return (
            Register(CR, "CR", 0x0000_0025, 0x150F_129B),
            Register(0x04, "HSICFGR", 0x4000_0000, 0x7F00_0000),
            Register(0x08, "CRRCR", 0, 0),
            Register(0x0C, "CSICFGR", 0x2000_0000, 0x3F00_0000),
            Register(CFGR, "CFGR", 0, 0xFFFC_FFC7),
            Register(0x18, "D1CFGR", 0, 0x0000_0F7F),
            Register(0x1C, "D2CFGR", 0, 0x0000_0770),
            Register(0x20, "D3CFGR", 0, 0x0000_0070),
            Register(PLLCKSELR, "PLLCKSELR", 0x0202_0200, 0x03F3_F3F3),
            Register(PLLCFGR, "PLLCFGR", 0x01FF_0000, 0x01FF_0FFF),
            Register(0x30, "PLL1DIVR", 0x0101_0280, 0x7F7F_FFFF),
            Register(0x34, "PLL1FRACR", 0, 0x0000_FFF8),
            Register(0x38, "PLL2DIVR", 0x0101_0280, 0x7F7F_FFFF),
            Register(0x3C, "PLL2FRACR", 0, 0x0000_FFF8),
            Register(0x40, "PLL3DIVR", 0x0101_0280, 0x7F7F_FFFF),
            Register(0x44, "PLL3FRACR", 0, 0x0000_FFF8),
            Register(0x4C, "D1CCIPR", 0, 0x3001_0033),
            Register(0x50, "D2CCIP1R", 0, 0xB137_71C7),
            Register(0x54, "D2CCIP2R", 0, 0x70F0_333F),
            Register(0x58, "D3CCIPR", 0, 0x77E3_FF07),
            Register(CIER, "CIER", 0, 0x0000_03FF),
            Register(CIFR, "CIFR", 0, 0),
            Register(CICR, "CICR", 0, 0),
            Register(BDCR, "BDCR", 0, 0x0001_833D),
            Register(CSR, "CSR", 0, 0x0000_0001),
            Register(0x7C, "AHB3RSTR", 0, 0x0001_5031),
            Register(0x80, "AHB1RSTR", 0, 0x0A00_8023),
            Register(0x84, "AHB2RSTR", 0, 0x0000_0271),
            Register(0x88, "AHB4RSTR", 0, 0x0328_07FF),
            Register(0x8C, "APB3RSTR", 0, 0x0000_0008),
            Register(0x90, "APB1LRSTR", 0, 0xE8FF_C3FF),
            Register(0x94, "APB1HRSTR", 0, 0x0000_0136),
            Register(0x98, "APB2RSTR", 0, 0x31D7_3033),
            Register(0x9C, "APB4RSTR", 0, 0x0020_DEAA),
            Register(0xA0, "GCR", 0, 0x0000_0001),
            Register(0xA8, "D3AMR", 0, 0x3129_DEA9),
            Register(RSR, "RSR", 0x00FA_0000, 0),
            Register(0xD4, "AHB3ENR", 0, 0x0001_5031),
            Register(0xD8, "AHB1ENR", 0, 0x1E03_8023),
            Register(0xDC, "AHB2ENR", 0, 0xE000_0271),
            Register(0xE0, "AHB4ENR", 0, 0x1328_07FF),
            Register(0xE4, "APB3ENR", 0, 0x0000_0048),
            Register(0xE8, "APB1LENR", 0, 0xE8FF_C3FF),
            Register(0xEC, "APB1HENR", 0, 0x0000_0136),
            Register(0xF0, "APB2ENR", 0, 0x31D7_3033),
            Register(0xF4, "APB4ENR", 0x0001_0000, 0x0021_DEAA),
            Register(0xFC, "AHB3LPENR", 0xF001_5131, 0xF001_5131),
            Register(0x100, "AHB1LPENR", 0x1E03_8023, 0x1E03_8023),
            Register(0x104, "AHB2LPENR", 0xE000_0271, 0xE000_0271),
            Register(0x108, "AHB4LPENR", 0x3128_07FF, 0x3128_07FF),
            Register(0x10C, "APB3LPENR", 0x0000_0048, 0x0000_0048),
            Register(0x110, "APB1LLPENR", 0xE8FF_C3FF, 0xE8FF_C3FF),
            Register(0x114, "APB1HLPENR", 0x0000_0136, 0x0000_0136),
            Register(0x118, "APB2LPENR", 0x31D7_3033, 0x31D7_3033),
            Register(0x11C, "APB4LPENR", 0x0021_DEAA, 0x0021_DEAA),
        )

    def read(self, offset: int, width: int) -> int:
        """What a load of `width` bytes at `offset` gives."""
        return super().read(_unaliased(offset), width)

    def write(self, offset: int, width: int, value: int) -> None:
        """A store of `width` bytes at `offset`."""
        super().write(_unaliased(offset), width, value)

    def system_reset(self, cause: ResetCause) -> None:
        """The backup domain and the flags of earlier resets stay (8.4)."""
        self._reset_but({BDCR: 0xFFFFFFFF, RSR: _RESET_FLAGS})
        self._values[RSR] |= _PINRSTF | _CPURSTF | _CAUSES.get(cause, 0)

    @property
    def system_clock(self) -> str:
        """What SYSCLK runs on: "HSI", "CSI", "HSE" or "PLL1"."""
        return ("HSI", "CSI", "HSE", "PLL1")[self._sws()]

    def core_clock_hz(self) -> float:
        """The core's clock, before AHB's prescaler (8.7.6, 8.7.7, 8.7.10 to 8.7.13)."""
        hsi_hz = _HSI_HZ >> (self._values[CR] >> 3 & 3)
        inputs = (hsi_hz, self._csi_hz, self.hse_hz, 0)
        hz: float = inputs[self._sws()]
        if self._sws() == _SW_PLL1:
            source, divider = self._values[PLLCKSELR], self._values[PLL_DIVIDERS[0]]
            fraction = self._values[_PLL1FRACR] >> 3 if self._values[PLLCFGR] & 1 else 0
            hz = inputs[source & _PLLSRC] / max(source >> 4 & 0x3F, 1)
            hz *= ((divider & 0x1FF) + 1 + fraction / 8192) / ((divider >> 9 & 0x7F) + 1)
        return hz / ahb_divider(self._values[_D1CFGR] >> 8)

    def _sws(self) -> int:
        return (self._values[CFGR] >> 3) & 3

    def _pll_source(self) -> tuple[int, int]:
        """The ON and the ready bit of what feeds the PLLs; zeros: nothing does."""
        source = self._values[PLLCKSELR] & _PLLSRC
        return (0, 0) if source == _NO_SOURCE else _SYSTEM_CLOCKS[source]

    def _write_cr(self, value: int, mask: int) -> None:
        before = self._values[CR]
        if before & HSEON:
            mask &= ~_HSEBYP
        if before & _ALL_PLLS and self._pll_source()[0] == HSION:
            mask &= ~_HSIDIV
        keep = (self._in_use() | before & _HSECSSON) & ~value  # HSECSSON: until reset
        stored = self.store(CR, value | keep, mask) | _HSIDIVF
        for on, ready in _OSCILLATORS:
            stored = stored | ready if stored & on else stored & ~ready
        fed = stored & self._pll_source()[1]
        for on, ready in zip(PLL_ON, PLL_READY, strict=True):
            stored = stored | ready if stored & on and fed else stored & ~ready
        self._values[CR] = stored
        self._switch()
        self._tell_ready(before, stored, _CLOCK_OF_READY)

    def _in_use(self) -> int:
        """ON bits that hardware holds because SYSCLK depends on them."""
        sws = self._sws()
        if sws == _SW_PLL1:
            return PLL_ON[0] | self._pll_source()[0]
        return _SYSTEM_CLOCKS[sws][0]

    def _frozen(self, fields: tuple[int, int, int]) -> int:
        """The fields of the PLLs that are on."""
        on = self._values[CR]
        return sum(field for pll, field in zip(PLL_ON, fields, strict=True) if on & pll)

    def _write_pllckselr(self, value: int, mask: int) -> None:
        if self._values[CR] & _ALL_PLLS:
            mask &= ~_PLLSRC
        self.store(PLLCKSELR, value, mask & ~self._frozen(_DIVM))

    def _write_pllcfgr(self, value: int, mask: int) -> None:
        self.store(PLLCFGR, value, mask & ~self._frozen(_RANGES) & ~self._frozen(_OUTPUTS))

    def _write_divider(self, offset: int, pll: int) -> Callable[[int, int], None]:
        def write(value: int, mask: int) -> None:
            if not self._values[CR] & pll:
                self.store(offset, value, mask)

        return write

    def _write_cfgr(self, value: int, mask: int) -> None:
        if mask & 7 and value & 7 > _SW_PLL1:
            mask &= ~7  # reserved: the switch keeps its position
        self.store(CFGR, value, mask)
        self._switch()

    def _switch(self) -> None:
        """SWS follows SW once the selected clock is there."""
        selected = self._values[CFGR] & 7
        on = self._values[CR]
        if selected == _SW_PLL1:
            ready = on & PLL_READY[0] and self._values[PLLCFGR] & _DIVP1EN
        else:
            ready = on & _SYSTEM_CLOCKS[selected][1]
        if ready:
            self._values[CFGR] = (self._values[CFGR] & ~0x38) | selected << 3

    def _write_rsr(self, value: int, mask: int) -> None:
        if value & mask & _RMVF:
            self._values[RSR] = 0


def _unaliased(offset: int) -> int:
    below = offset - _CORE_ALIAS
    return below if _CORE_FIRST <= below <= _CORE_LAST else offset
