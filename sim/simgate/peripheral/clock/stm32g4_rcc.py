"""Reset and clock control of STM32G4 (RM0440, section 7).

What hardware refuses is refused: switching off the clock that the system runs on, changing a PLL
that is on, switching to a PLL whose R output is off, a PLL without its input. The clock security
systems read back; the crystals never fail here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from simgate.peripheral.clock.clock_control import ahb_divider
from simgate.peripheral.clock.ready_flags import ReadyFlags
from simgate.peripheral.clock.stm32g4_gates import ENABLES, KERNEL_CLOCKS, RESETS
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral
from simgate.peripheral.reset_cause import ResetCause

CR, CFGR, PLLCFGR, CIER, CIFR, CICR = 0x00, 0x08, 0x0C, 0x18, 0x1C, 0x20
BDCR, CSR, CRRCR = 0x90, 0x94, 0x98

# CR, 7.4.1
HSION, HSIRDY, HSEON, HSERDY = 1 << 8, 1 << 10, 1 << 16, 1 << 17
PLLON, PLLRDY = 1 << 24, 1 << 25
_HSEBYP, _CSSON = 1 << 18, 1 << 19
_CLOCK_OF_READY = {HSIRDY: "HSI", HSERDY: "HSE", PLLRDY: "PLL"}
# CFGR, 7.4.3
_SW_HSI, _SW_HSE, _SW_PLL = 1, 2, 3
_HSI_HZ = 16_000_000
# PLLCFGR, 7.4.4
_PLLSRC, _PLLSRC_HSI, _PLLSRC_HSE = 3, 2, 3
_PLLREN, _OUTPUT_ENABLES = 1 << 24, 1 << 24 | 1 << 20 | 1 << 16
_HSI48ON, _HSI48RDY = 1 << 0, 1 << 1  # CRRCR, 7.4.26
_RMVF, _RESET_FLAGS = 1 << 23, 0xFE000000  # CSR, 7.4.25
_PINRSTF = 1 << 26  # every reset of the chip pulls NRST low
_CAUSES = {
    ResetCause.OPTION_BYTES: 1 << 25,  # OBLRSTF
    ResetCause.SOFTWARE: 1 << 28,  # SFTRSTF
    ResetCause.INDEPENDENT_WATCHDOG: 1 << 29,  # IWDGRSTF
    ResetCause.WINDOW_WATCHDOG: 1 << 30,  # WWDGRSTF
}


@peripheral("Miscellaneous.STM32G4_RCC")
class Stm32G4Rcc(ReadyFlags):
    """The clock tree, as far as firmware can see it."""

    ENABLES = ENABLES
    RESETS = RESETS
    KERNEL_CLOCKS = KERNEL_CLOCKS
    BDCR = BDCR
    CSR = CSR
    CIER = CIER
    CIFR = CIFR
    CICR = CICR
    FLAG_BITS: ClassVar[Mapping[str, int]] = {
        "LSI": 0,
        "LSE": 1,
        "HSI": 3,
        "HSE": 4,
        "PLL": 5,
        "HSI48": 10,
    }

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_write |= {
            CR: self._write_cr,
            CFGR: self._write_cfgr,
            PLLCFGR: self._write_pllcfgr,
            CRRCR: self._write_crrcr,
        }

    def registers(self) -> tuple[Register, ...]:
        """RM0440, table of 7.4.28."""
        return (
            Register(CR, "CR", 0x0000_0500, 0x010D_0300),
            Register(0x04, "ICSCR", 0x4000_0000, 0x7F00_0000),
            Register(CFGR, "CFGR", 0x0000_0005, 0x7F00_3FF3),
            Register(PLLCFGR, "PLLCFGR", 0x0000_1000, 0xFF73_7FF3),
            Register(CIER, "CIER", 0, 0x0000_063B),
            Register(CIFR, "CIFR", 0, 0),
            Register(CICR, "CICR", 0, 0),
            Register(0x28, "AHB1RSTR", 0, 0x0000_111F),
            Register(0x2C, "AHB2RSTR", 0, 0x050F_607F),
            Register(0x30, "AHB3RSTR", 0, 0x0000_0101),
            Register(0x38, "APB1RSTR1", 0, 0xD2FE_C13F),
            Register(0x3C, "APB1RSTR2", 0, 0x0000_0103),
            Register(0x40, "APB2RSTR", 0, 0x0437_F801),
            Register(0x48, "AHB1ENR", 0x0000_0100, 0x0000_111F),
            Register(0x4C, "AHB2ENR", 0, 0x050F_607F),
            Register(0x50, "AHB3ENR", 0, 0x0000_0101),
            Register(0x58, "APB1ENR1", 0x0000_0400, 0xD2FE_CD3F),
            Register(0x5C, "APB1ENR2", 0, 0x0000_0103),
            Register(0x60, "APB2ENR", 0, 0x0437_F801),
            Register(0x68, "AHB1SMENR", 0x0000_130F, 0x0000_131F),
            Register(0x6C, "AHB2SMENR", 0x050F_667F, 0x050F_667F),
            Register(0x70, "AHB3SMENR", 0x0000_0101, 0x0000_0101),
            Register(0x78, "APB1SMENR1", 0xD2FE_CD3F, 0xD2FE_CD3F),
            Register(0x7C, "APB1SMENR2", 0x0000_0103, 0x0000_0103),
            Register(0x80, "APB2SMENR", 0x0437_F801, 0x0437_F801),
            Register(0x88, "CCIPR"),
            Register(BDCR, "BDCR", 0, 0x0301_833D),
            Register(CSR, "CSR", 0x0C00_0000, 0x0000_0001),
            Register(CRRCR, "CRRCR", 0, 0x0000_0001),
            Register(0x9C, "CCIPR2", 0, 0x0030_0003),
        )

    def system_reset(self, cause: ResetCause) -> None:
        """The backup domain and the flags of earlier resets stay (7.1)."""
        self._reset_but({BDCR: 0xFFFFFFFF, CSR: _RESET_FLAGS})
        self._values[CSR] |= _PINRSTF | _CAUSES[cause]

    @property
    def system_clock(self) -> str:
        """What SYSCLK runs on: "HSI", "HSE" or "PLL"."""
        return ("", "HSI", "HSE", "PLL")[self._sws()]

    def core_clock_hz(self) -> float:
        """HCLK (7.4.3, 7.4.4)."""
        pll = self._values[PLLCFGR]
        hz: float = self.hse_hz if self._sws() == _SW_HSE else _HSI_HZ
        if self._sws() == _SW_PLL:
            hz = self.hse_hz if pll & _PLLSRC == _PLLSRC_HSE else _HSI_HZ
            hz *= (pll >> 8 & 0x7F) / ((pll >> 4 & 15) + 1) / (2 * ((pll >> 25 & 3) + 1))
        return hz / ahb_divider(self._values[CFGR] >> 4)

    def _sws(self) -> int:
        return (self._values[CFGR] >> 2) & 3

    def _pll_source(self) -> tuple[int, int]:
        """The ON and the ready bit of what feeds the PLL; zeros: nothing does."""
        source = self._values[PLLCFGR] & _PLLSRC
        if source == _PLLSRC_HSI:
            return HSION, HSIRDY
        return (HSEON, HSERDY) if source == _PLLSRC_HSE else (0, 0)

    def _write_cr(self, value: int, mask: int) -> None:
        before = self._values[CR]
        if before & HSEON:
            mask &= ~_HSEBYP
        keep = (self._in_use() | before & _CSSON) & ~value  # CSSON: until reset
        stored = self.store(CR, value | keep, mask) & ~(HSIRDY | HSERDY | PLLRDY)
        stored |= HSIRDY if stored & HSION else 0
        stored |= HSERDY if stored & HSEON else 0
        stored |= PLLRDY if stored & PLLON and stored & self._pll_source()[1] else 0
        self._values[CR] = stored
        self._switch()
        self._tell_ready(before, stored, _CLOCK_OF_READY)

    def _in_use(self) -> int:
        """ON bits that hardware holds because SYSCLK depends on them."""
        sws = self._sws()
        if sws == _SW_PLL:
            return PLLON | self._pll_source()[0]
        return HSEON if sws == _SW_HSE else HSION

    def _write_pllcfgr(self, value: int, mask: int) -> None:
        if self._values[CR] & PLLON:
            mask &= _OUTPUT_ENABLES
            if self._sws() == _SW_PLL:
                mask &= ~_PLLREN
        self.store(PLLCFGR, value, mask)
        self._switch()

    def _write_cfgr(self, value: int, mask: int) -> None:
        if mask & 3 and not value & 3:
            mask &= ~3  # reserved: the switch keeps its position
        self.store(CFGR, value, mask)
        self._switch()

    def _switch(self) -> None:
        """SWS follows SW once the selected clock is there."""
        selected = self._values[CFGR] & 3
        on = self._values[CR]
        if selected == _SW_PLL:
            ready = on & PLLRDY and self._values[PLLCFGR] & _PLLREN
        else:
            ready = on & (HSERDY if selected == _SW_HSE else HSIRDY)
        if ready:
            self._values[CFGR] = (self._values[CFGR] & ~0xC) | selected << 2

    def _write_crrcr(self, value: int, mask: int) -> None:
        before = self._values[CRRCR]
        stored = self.store(CRRCR, value, mask) & ~_HSI48RDY
        stored |= _HSI48RDY if stored & _HSI48ON else 0
        self._values[CRRCR] = stored
        self._tell_ready(before, stored, {_HSI48RDY: "HSI48"})

    def _write_csr(self, value: int, mask: int) -> None:
        super()._write_csr(value, mask)
        if value & mask & _RMVF:
            self._values[CSR] &= ~_RESET_FLAGS
