"""DMA channels of G4 (RM0440, 12), under the name of Renode's class for G0, which is the same IP.

Requests come from DMAMUX. As on Renode inputs count from 1, outputs from 0. Measured latency: an
item moves in the instruction in which its request comes.
"""

from __future__ import annotations

from collections.abc import Mapping

from simgate.errors import EngineError
from simgate.peripheral.dma.channel_controller import ChannelController
from simgate.peripheral.host import Host
from simgate.peripheral.registry import peripheral


@peripheral("DMA.STM32G0DMA")
class Stm32G0Dma(ChannelController):
    """One controller.

    Attributes:
        numberOfChannels: 1 to 8; DMA1 and DMA2 of G474 have 8 each.
    """

    ATTRIBUTES = frozenset({"numberOfChannels"})

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        channels = attributes.get("numberOfChannels", 8)
        if isinstance(channels, bool) or not isinstance(channels, int) or not 1 <= channels <= 8:
            raise EngineError(f"{name}: numberOfChannels must be 1 to 8, not {channels!r}")
        super().__init__(
            name, attributes, host, channels=channels, first=1, has_double_buffer=False
        )
