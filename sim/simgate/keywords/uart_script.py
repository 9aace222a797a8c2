"""Keywords that play scripts on the receive line of a UART: bytes at times, with faults."""

from __future__ import annotations

from pathlib import Path

from simgate.keywords.failing import keyword
from simgate.keywords.session import KeywordFamily


class UartScriptKeywords(KeywordFamily):
    """What an outside sender does."""

    @keyword("Play Uart Script")
    def play_uart_script(self, script: Path, uart: str = "") -> None:
        """Play a file with a UART script on a UART's receive line, beginning now.

        It says what is sent at which baud rate and when, with noise, framing and parity errors and
        breaks (simgate.sensor.uart_script_text). Firmware that does not read in time loses bytes.
        """
        self.session.running().play(script, uart)

    @keyword("Play On Uart")
    def play_on_uart(self, uart: str, *steps: str) -> None:
        """The same with the script's lines as arguments.

        ``Play On Uart    usart2    baud 9600    at 0.01    send framing "A"``
        """
        from simgate.sensor.uart_script_text import parse_script

        self.session.running().play(parse_script("\n".join(steps)), uart)
