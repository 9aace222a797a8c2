"""What all power controllers share: the regulator that needs a moment, the backup domain's lock.

The core runs at its full rate from the first instruction, so firmware that waits by counting loops
at the clock it believes in waits a shorter time than on silicon: the regulator settles sooner here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from simgate.peripheral.clock.clock_control import BACKUP_WRITABLE
from simgate.peripheral.host import Host
from simgate.peripheral.register_block import RegisterBlock

_DBP = 1 << 8  # of the first register, on all families


class PowerControl(RegisterBlock):
    """Base of the controllers. Low-power modes are kept and stop nothing but the core."""

    SETTLING_S: ClassVar[float] = 5e-6

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._backup_writable = host.signal(BACKUP_WRITABLE)
        self._settle()

    def reset(self) -> None:
        """To the state after power-on."""
        super().reset()
        self._settle()
        self._backup_writable.set(False)

    @property
    def settled(self) -> bool:
        """The regulator gives what was last asked of it."""
        return self.host.ticks() >= self._settled_at

    def _settle(self) -> None:
        self._settled_at = self.host.ticks() + round(self.SETTLING_S * self.host.tick_hz)

    def _unlock_backup(self, first_register: int) -> None:
        self._backup_writable.set(bool(first_register & _DBP))
