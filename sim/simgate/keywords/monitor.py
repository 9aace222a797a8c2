"""Renode's keyword for Monitor commands, as far as they speak to a model."""

from __future__ import annotations

from robot.utils import DotDict

from simgate.keywords.failing import KeywordFailure, keyword
from simgate.keywords.session import KeywordFamily


class MonitorKeywords(KeywordFamily):
    """Samples for sensors, buttons to press, properties to set."""

    @keyword("Execute Command")
    def execute_command(self, *command: str) -> object:
        """Give a model a command: ``sysbus.i2c1.acc FeedAccelerationSample 0 0 1``.

        The words are joined by spaces. ``sysbus.i2c2.humidity Temperature 21.5`` sets a property,
        without a value it is read. ``@file`` is a path. Returns what the model answers, as text.
        """
        from simgate.engine.monitor_line import parse_line

        model, name, arguments = parse_line(" ".join(command))
        answer = self.session.running().command(model, name, *arguments)
        return "" if answer is None else str(answer)

    @keyword("Get Remarks")
    def get_remarks(self) -> list[str]:
        """What the models remark on in this run, such as registers used without their clock."""
        return list(self.session.running().result().remarks)

    @keyword("Get Stubs")
    def get_stubs(self) -> list[str]:
        """What is declared but not modelled and was touched by the firmware."""
        return list(self.session.running().result().stubs)

    @keyword("Read Memory")
    def read_memory(self, where: str, size: int) -> bytes:
        """Bytes at an address (``0x20000000``) or at a symbol of the image."""
        machine = self.session.running()
        try:
            address = int(where, 0) if where[:1].isdigit() else machine.image.symbol(where).address
        except ValueError:
            raise KeywordFailure(f"'{where}' is neither an address nor a symbol") from None
        return machine.read_memory(address, size)

    @keyword("Get Report Lines")
    def get_report_lines(self, uart: str = "") -> DotDict:
        """What the firmware printed as ``key=value`` lines, as a dictionary of texts."""
        machine = self.session.running()
        name = machine.uart(uart).name if uart else ""
        lines = [line.text for line in machine.result().uart if not name or line.uart == name]
        pairs = (line.partition("=") for line in lines if "=" in line)
        return DotDict({key.strip(): value.strip() for key, _, value in pairs})
