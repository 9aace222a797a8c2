"""The registers of a stream: what may be written when (RM0090, 10.5.5 to 10.5.10)."""

from __future__ import annotations

from abc import abstractmethod

from simgate.peripheral.dma.listener import EN
from simgate.peripheral.dma.transfer import Transfer

# flags, as they stand in LISR for stream 0 (10.5.1)
FEIF, DMEIF, TEIF, HTIF, TCIF = 1 << 0, 1 << 2, 1 << 3, 1 << 4, 1 << 5
# SxCR (10.5.5)
PFCTRL, CIRC, PINC, MINC = 1 << 5, 1 << 8, 1 << 9, 1 << 10
PINCOS, DBM, CT = 1 << 15, 1 << 18, 1 << 19
_ENABLES = 0x1E  # DMEIE, TEIE, HTIE, TCIE: one bit left of each is its flag
BURSTS = 0xF << 21
_CR_WRITABLE = 0x0FEF_FFFF  # CHSEL is 3 bits; bit 20 is H7's TRBUFF
_CR_FREE = EN | _ENABLES  # the rest is protected while EN is 1
# SxFCR (10.5.10)
DMDIS, _FEIE = 1 << 2, 1 << 7
_FCR_RESET = 0x21
FIFO_BYTES = 16
TO_MEMORY, TO_PERIPHERAL, MEMORY_TO_MEMORY = 0, 1, 2


class StreamRegisters(Transfer):
    """SxCR, SxNDTR, SxPAR, SxM0AR, SxM1AR, SxFCR."""

    PREFIX, FREE, HALF, ERROR = "Sx", _CR_FREE, HTIF, TEIF

    def reset(self) -> None:
        """To the state after power-on."""
        super().reset()
        self.fcr = _FCR_RESET
        self._direction = TO_MEMORY
        self._fifo = bytearray()

    @property
    def interrupt(self) -> bool:
        """Whether a flag is set whose interrupt is enabled."""
        return bool(self.flags & ((self.cr & _ENABLES) << 1 | (self.fcr >> 7 & 1)))

    @property
    def gives(self) -> bool:
        """Whether it moves from memory to a peripheral."""
        return self._direction == TO_PERIPHERAL

    @property
    def fifo_control(self) -> int:
        """What SxFCR reads: FS is the level of the FIFO."""
        level = len(self._fifo)
        status = 4 if level == 0 else 5 if level >= FIFO_BYTES else level // 4
        return self.fcr & ~0x38 | status << 3

    def write_cr(self, value: int, mask: int) -> None:
        """A store to SxCR."""
        old = self._store_cr(value, mask & _CR_WRITABLE)
        self.priority = self.cr >> 16 & 3
        if (self.cr ^ old) & EN:
            if self.cr & EN:
                self._start()
            else:
                self._abort()
        self._raise_flags()

    def write_memory_address(self, which: int, value: int) -> None:
        """A store to SxM0AR or SxM1AR: while EN is 1, the buffer not in use may be changed."""
        if self.cr & EN:
            if not self.cr & DBM:
                self.note(f"SxM{which}AR was written while EN is 1: silicon ignores that")
                return
            if (self.cr & CT != 0) == bool(which):  # 10.3.9: an error, and the end
                self.note(f"SxM{which}AR was written while DMA uses that buffer: TEIF")
                self._fail()
                self._raise_flags()
                return
        self._set_memory_address(which, value)

    def write_fcr(self, value: int, mask: int) -> None:
        """A store to SxFCR; DMDIS and FTH are protected while EN is 1."""
        mask &= _FEIE if self.cr & EN else _FEIE | DMDIS | 3
        self.fcr = self.fcr & ~mask | value & mask
        self._raise_flags()

    @abstractmethod
    def _start(self) -> None:
        """EN was set."""

    @abstractmethod
    def _abort(self) -> None:
        """EN was cleared by software."""
