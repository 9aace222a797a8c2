"""System configuration controller of G4 (RM0440, section 10.2)."""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.base import PeripheralError
from simgate.peripheral.host import Host
from simgate.peripheral.port.port_selector import PortSelector
from simgate.peripheral.register_block import Register
from simgate.peripheral.registry import peripheral

MEMRMP, CFGR1, SCSR, CFGR2, SWPR, SKR = 0x00, 0x04, 0x18, 0x1C, 0x20, 0x24
FB_MODE = "FLASH_FB_MODE"  # the signal that tells the Flash interface to swap its banks
BFB2_LOADED = "FLASH_BFB2"  # and the one by which it tells that an option has it swap them
_MEM_MODE, _FB_MODE = 7, 1 << 8
_CCMER, _SPF = 1 << 0, 1 << 8
_KEYS = (0xCA, 0x53)  # 10.2.9
_CCM_BASE, _CCM_SIZE = 0x1000_0000, 32 << 10


@peripheral("Miscellaneous.STM32G4_SYSCFG")
class Stm32G4Syscfg(PortSelector):
    """Swaps the Flash banks and erases the CCM SRAM; remapping another memory at 0 is refused."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._keys = 0
        self._swapped = host.signal(FB_MODE)
        bfb2 = host.signal(BFB2_LOADED)  # the boot loader has swapped the banks then
        self._on_read = {
            SKR: lambda: 0,
            MEMRMP: lambda: self._values[MEMRMP] | (_FB_MODE if bfb2.level else 0),
        }
        self._on_write |= {
            MEMRMP: self._write_memrmp,
            SCSR: self._write_scsr,
            CFGR2: self._write_cfgr2,
            SWPR: self._write_swpr,
            SKR: self._write_skr,
        }

    def registers(self) -> tuple[Register, ...]:
        """RM0440, table of 10.2.10."""
        return (
            Register(MEMRMP, "MEMRMP", 0, _FB_MODE | _MEM_MODE),
            Register(CFGR1, "CFGR1", 0x7C00_0001, 0xFCFF_0300),
            *self.SELECTION,
            Register(SCSR, "SCSR", 0, 0),
            Register(CFGR2, "CFGR2", 0, 0),
            Register(SWPR, "SWPR", 0, 0),
            Register(SKR, "SKR", 0, 0),
        )

    def reset(self) -> None:
        """To the state after power-on."""
        super().reset()
        self._keys = 0
        self._swapped.set(False)

    def _write_memrmp(self, value: int, mask: int) -> None:
        stored = self.store(MEMRMP, value, mask)
        if stored & _MEM_MODE:
            raise PeripheralError("mapping another memory at 0x0 (SYSCFG_MEMRMP) is not modelled")
        self._swapped.set(bool(stored & _FB_MODE))

    def _write_skr(self, value: int, mask: int) -> None:
        key = value & 0xFF
        if self._keys < 2 and key == _KEYS[self._keys]:
            self._keys += 1
        else:
            self._keys = 1 if key == _KEYS[0] else 0  # a wrong key locks again

    def _write_scsr(self, value: int, mask: int) -> None:
        if value & mask & _CCMER and self._keys == 2:
            self.host.bus_write_block(_CCM_BASE, bytes(_CCM_SIZE))  # at once: never busy

    def _write_cfgr2(self, value: int, mask: int) -> None:
        self._values[CFGR2] |= value & mask & 0xF  # locks: set by software, cleared by a reset
        if value & mask & _SPF:
            self._values[CFGR2] &= ~_SPF

    def _write_swpr(self, value: int, mask: int) -> None:
        self._values[SWPR] |= value & mask  # a page stays protected until reset
