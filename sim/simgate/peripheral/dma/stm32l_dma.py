"""BDMA of H7 (RM0433, 16): eight channels in domain D3, behind DMAMUX2, with double buffers.

It reaches that domain only: SRAM4, the backup SRAM, AHB4 and APB4 (RM0433, 2.1.2).
Renode's platform of H743 uses its class for L0 here, and so do we.
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.peripheral.dma.channel_controller import ChannelController
from simgate.peripheral.host import Host
from simgate.peripheral.registry import peripheral

_DOMAIN3 = (range(0x3800_0000, 0x3900_0000), range(0x5800_0000, 0x5900_0000))


@peripheral("DMA.STM32LDMA")
class Stm32LDma(ChannelController):
    """One controller; inputs and outputs count from 0."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(
            name, attributes, host, channels=8, first=0, has_double_buffer=True, reach=_DOMAIN3
        )
