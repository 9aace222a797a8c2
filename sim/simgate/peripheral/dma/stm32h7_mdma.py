"""MDMA of H7 (RM0433, 14): sixteen channels that reach all memories, the coupled ones included.

Renode 1.16.1 has no such model; the name is what its naming would give. Triggers (table 108): the
transfer-complete flags of DMA1 and DMA2, by the lines ``DMA1_TCIF0`` to ``DMA2_TCIF7``; QUADSPI,
JPEG, LTDC, DMA2D and SDMMC by name, which nobody drives here.
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.base import Peripheral, Read, Write
from simgate.peripheral.dma.mdma_channel import MdmaChannel
from simgate.peripheral.host import Host
from simgate.peripheral.registry import peripheral
from simgate.peripheral.wire import Wire

CHANNELS = 16
GISR0, FIRST_CHANNEL, CHANNEL_STEP = 0x00, 0x40, 0x40
TRIGGERS = (
    *(f"DMA{controller}_TCIF{stream}" for controller in (1, 2) for stream in range(8)),
    "LTDC_LI",
    *("JPEG_IFT", "JPEG_IFNF", "JPEG_OFT", "JPEG_OFNE", "JPEG_OEC"),
    *("QUADSPI_FT", "QUADSPI_TC", "DMA2D_CLUT", "DMA2D_TC", "DMA2D_TW"),
    *("DSI_TE", "DSI_EOR", "SDMMC1_DATAEND", "SDMMC1_BUFFEREND", "SDMMC1_COMMANDEND"),
)


@peripheral("DMA.STM32H7_MDMA")
class Stm32H7Mdma(Peripheral):
    """The controller; its only output is its interrupt."""

    WINDOW = 0x1000

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._irq = Wire()
        self._wires = {None: self._irq, "IRQ": self._irq}
        self._channels: tuple[MdmaChannel, ...] = ()
        self._channels = tuple(
            MdmaChannel(f"{name} channel {number}", host, self._trigger, self._update)
            for number in range(CHANNELS)
        )

    def reset(self) -> None:
        """To the state after power-on."""
        for channel in self._channels:
            channel.reset()
        self._update()

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve a window."""
        if name is not None:
            raise KeyError(name)
        return self._read, self._write

    def remarks(self) -> tuple[str, ...]:
        """Channels whose trigger never came, and what was done wrong."""
        found: list[str] = []
        for channel in self._channels:
            found.extend(channel.notes)
            if channel.waits:
                found.append(f"{channel.label} is enabled, and its trigger or SWRQ never came")
        return tuple(found)

    def _trigger(self, number: int) -> Wire | None:
        return self.host.signal(TRIGGERS[number]) if number < len(TRIGGERS) else None

    def _update(self) -> None:
        self._irq.set(any(channel.interrupt for channel in self._channels))

    def _read(self, offset: int, width: int) -> int:
        word = offset & ~3
        value = 0
        if word == GISR0:
            for number, channel in enumerate(self._channels):
                value |= channel.interrupt << number
        else:
            index, register = divmod(word - FIRST_CHANNEL, CHANNEL_STEP)
            if 0 <= index < CHANNELS:
                value = self._channels[index].read(register)
            else:
                self.host.touched(f"{self.name}: reserved offset 0x{word:03x}")
        return value >> (offset & 3) * 8 & ((1 << 8 * width) - 1)

    def _write(self, offset: int, width: int, value: int) -> None:
        word = offset & ~3
        index, register = divmod(word - FIRST_CHANNEL, CHANNEL_STEP)
        if not 0 <= index < CHANNELS:
            if word != GISR0:
                self.host.touched(f"{self.name}: reserved offset 0x{word:03x}")
            return
        if width != 4:
            shift = (offset & 3) * 8
            mask = ((1 << 8 * width) - 1) << shift
            value = self._channels[index].read(register) & ~mask | value << shift & mask
        self._channels[index].write(register, value)
