"""Moving many items at once: what a run of single transfers would leave in memory."""

from __future__ import annotations

from dataclasses import dataclass

from simgate.errors import EngineError
from simgate.peripheral.host import Host


@dataclass(frozen=True, slots=True)
class End:
    """One side of a transfer: `width` bytes an access, `step` bytes from one to the next."""

    address: int
    width: int
    step: int

    def moved(self, accesses: int) -> End:
        """The same, that many accesses further on."""
        return End(self.address + accesses * self.step & 0xFFFFFFFF, self.width, self.step)

    @property
    def is_block(self) -> bool:
        """Its accesses leave no gap and do not stay in one place."""
        return self.step == self.width


class CopyRefused(EngineError):
    """The bus refused one access.

    Attributes:
        read_bytes: bytes that had been read before.
    """

    def __init__(self, message: str, read_bytes: int) -> None:
        super().__init__(message)
        self.read_bytes = read_bytes


def fetch(host: Host, end: End, accesses: int) -> tuple[bytes, EngineError | None]:
    """Read; with the error come the bytes that had been read before it."""
    if end.is_block and accesses > 1:
        try:
            return host.bus_read_block(end.address, accesses * end.width), None
        except EngineError:
            pass  # registers, or the end of a memory: one by one shows where
    data = bytearray()
    read, address, width, step = host.bus_read, end.address, end.width, end.step
    try:
        for _ in range(accesses):
            data += read(address, width).to_bytes(width, "little")
            address = address + step & 0xFFFFFFFF
    except EngineError as error:
        return bytes(data), error
    return bytes(data), None


def deposit(host: Host, end: End, data: bytes) -> None:
    """Write; bytes that do not fill the last access are followed by zeros.

    Raises:
        EngineError: the bus refused; what came before is written.
    """
    width, step, address = end.width, end.step, end.address
    rest = len(data) % width
    if rest:
        data += bytes(width - rest)
    if end.is_block and len(data) > width:
        try:
            host.bus_write_block(address, data)
            return
        except EngineError:
            pass
    write = host.bus_write
    for start in range(0, len(data), width):
        write(address, width, int.from_bytes(data[start : start + width], "little"))
        address = address + step & 0xFFFFFFFF


def copy_packed(host: Host, source: End, target: End, reads: int, chunk: int) -> None:
    """Read `reads` accesses of the source into a FIFO, write them out of it.

    Bytes keep their order, whatever the widths (RM0090, 10.3.11). `chunk` is the FIFO's depth in
    bytes: what is read before it is written, which shows where source and target overlap.

    Raises:
        CopyRefused: the bus refused an access.
    """
    total = reads * source.width
    overlap = target.address < source.address + total and source.address < target.address + total
    at_once = max(chunk // source.width, 1) if overlap else reads
    done = written = 0
    while done < reads:
        count = min(at_once, reads - done)
        data, error = fetch(host, source.moved(done), count)
        try:
            deposit(host, target.moved(written), data)
        except EngineError as refused:
            raise CopyRefused(refused.message, done * source.width) from refused
        if error is not None:
            raise CopyRefused(error.message, done * source.width + len(data)) from error
        done += count
        written += len(data) // target.width


def copy_items(host: Host, source: End, target: End, items: int) -> None:
    """Read each item in the source's width, write it in the target's: zeros fill, bits fall off.

    (RM0440, table 69.)

    Raises:
        CopyRefused: the bus refused an access.
    """
    width, wanted = source.width, target.width
    total = items * width
    overlap = target.address < source.address + total and source.address < target.address + total
    at_once = 1 if overlap else items
    for done in range(0, items, at_once):
        data, error = fetch(host, source.moved(done), at_once)
        if width != wanted:
            data = b"".join(
                data[start : start + min(width, wanted)].ljust(wanted, b"\0")
                for start in range(0, len(data), width)
            )
        try:
            deposit(host, target.moved(done), data)
        except EngineError as refused:
            raise CopyRefused(refused.message, done * width) from refused
        if error is not None:
            read = done * width + len(data) // wanted * width
            raise CopyRefused(error.message, read) from error
