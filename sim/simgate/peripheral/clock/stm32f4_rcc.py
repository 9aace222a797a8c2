"""Reset and clock control of STM32F405/407 (RM0090, section 7).

Oscillators and PLLs are ready as soon as they are switched on, as on Renode; what hardware refuses
is refused: switching off the clock that the system runs on, changing a PLL that is on, selecting a
clock that is not ready. Enable and reset registers read back and have no other effect.
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.host import Host
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral

CR, PLLCFGR, CFGR, CIR, BDCR, CSR = 0x00, 0x04, 0x08, 0x0C, 0x70, 0x74

# CR, RM0090 7.3.1: each oscillator's ON bit has its ready bit one above
_HSION, _HSIRDY, _HSEON, _HSERDY = 1 << 0, 1 << 1, 1 << 16, 1 << 17
_PLLON, _PLLRDY, _PLLI2SON = 1 << 24, 1 << 25, 1 << 26
_ON_BITS = _HSION | _HSEON | _PLLON | _PLLI2SON
_PLLSRC_HSE = 1 << 22  # PLLCFGR, 7.3.2
_SW_HSI, _SW_HSE, _SW_PLL, _SW_RESERVED = 0, 1, 2, 3  # CFGR, 7.3.3
_READY_OF_SW = (_HSIRDY, _HSERDY, _PLLRDY)
_BDRST = 1 << 16  # BDCR, 7.3.20
_RMVF, _RESET_FLAGS = 1 << 24, 0xFE000000  # CSR, 7.3.21
_PINRSTF, _SFTRSTF, _IWDGRSTF = 1 << 26, 1 << 28, 1 << 29  # every reset of the chip pulls NRST low


@peripheral("Miscellaneous.STM32F4_RCC")
class Stm32F4Rcc(RegisterBlock):
    """The clock tree, as far as firmware can see it."""

    ATTRIBUTES = frozenset({"rtcPeripheral"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._on_write = {
            CR: self._write_cr,
            PLLCFGR: self._write_pllcfgr,
            CFGR: self._write_cfgr,
            CIR: self._write_cir,
            BDCR: self._write_bdcr,
            CSR: self._write_csr,
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
            Register(0x84, "PLLI2SCFGR", 0x2000_3000, 0x7000_7FC0),
        )

    def system_reset(self, *, watchdog: bool) -> None:
        """The backup domain and the flags of earlier resets stay (7.1.1 to 7.1.3)."""
        kept = {BDCR: self._values[BDCR], CSR: self._values[CSR] & _RESET_FLAGS}
        self.reset()
        self._values.update(kept)
        self._values[CSR] |= _PINRSTF | (_IWDGRSTF if watchdog else _SFTRSTF)

    @property
    def system_clock(self) -> str:
        """What SYSCLK runs on: "HSI", "HSE" or "PLL"."""
        return ("HSI", "HSE", "PLL")[self._sws()]

    def _sws(self) -> int:
        return (self._values[CFGR] >> 2) & 3

    def _write_cr(self, value: int, mask: int) -> None:
        keep = self._in_use() & ~value
        stored = self.store(CR, value | keep, mask) & ~(_ON_BITS << 1)
        self._values[CR] = stored | (stored & _ON_BITS) << 1
        self._switch()

    def _in_use(self) -> int:
        """ON bits that hardware holds because SYSCLK depends on them."""
        sws = self._sws()
        if sws == _SW_HSI:
            return _HSION
        if sws == _SW_HSE:
            return _HSEON
        return _PLLON | (_HSEON if self._values[PLLCFGR] & _PLLSRC_HSE else _HSION)

    def _write_pllcfgr(self, value: int, mask: int) -> None:
        if not self._values[CR] & _PLLON:
            self.store(PLLCFGR, value, mask)

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

    def _write_cir(self, value: int, mask: int) -> None:
        self.store(CIR, value, mask)  # bits 23:16 clear flags, which are never set here

    def _write_bdcr(self, value: int, mask: int) -> None:
        stored = self.store(BDCR, value, mask) & ~2
        if stored & _BDRST:
            stored = _BDRST
        self._values[BDCR] = stored | (stored & 1) << 1

    def _write_csr(self, value: int, mask: int) -> None:
        stored = self.store(CSR, value, mask) & ~2
        if value & mask & _RMVF:
            stored &= ~_RESET_FLAGS
        self._values[CSR] = stored | (stored & 1) << 1
