"""The conversation with one gdb: each packet to those who know what to do, and the answer back."""

from __future__ import annotations

from collections.abc import Callable

from simgate.debug.gdb import memory, queries, registers, resume
from simgate.debug.gdb.descriptions import memory_map, target_description
from simgate.debug.gdb.monitor import Monitor
from simgate.debug.gdb.notation import BadPacketError, fields, hexed, number, unhex
from simgate.debug.gdb.points import PointSet
from simgate.debug.gdb.stop_reply import remark, stop_reply
from simgate.debug.timeline.place import Outcome
from simgate.debug.timeline.timeline import Timeline
from simgate.errors import SimgateError

Handler = Callable[[bytes], bytes | None]
_BAD_PACKET = b"E01"


class Session:
    """Answers packets.

    Args:
        timeline: the run that is debugged.
        say: how to print text on gdb's console, while the target runs or a command is answered.
        interrupted: whether gdb wants the target to stop.
    """

    def __init__(
        self,
        timeline: Timeline,
        say: Callable[[str], None],
        interrupted: Callable[[], bool],
    ) -> None:
        self._timeline = timeline
        self._say = say
        self._interrupted = interrupted
        self._points = PointSet()
        self._registers = registers.registers_of(timeline.registers())
        self._monitor = Monitor(timeline, interrupted)
        self._documents = {
            b"features:target.xml": target_description(self._registers).encode(),
            b"memory-map:": memory_map(timeline.machine.board.memories).encode(),
        }
        self.is_over = False  # gdb has killed the target, or let go of it
        self.without_acks = False
        self._by_word: dict[bytes, Handler] = {
            b"QStartNoAckMode": self._stop_acks,
            b"qRcmd,": self._command,
            b"vCont?": lambda _: resume.ACTIONS,
            b"vCont": lambda text: self._forward(resume.by_thread(text)),
            b"vFlashErase:": lambda text: memory.erase_flash(timeline, text),
            b"vFlashWrite:": lambda text: memory.write_flash(timeline, text),
            b"vFlashDone": lambda _: b"OK",
            b"vKill": self._leave,
            b"bs": lambda _: self._backward(True),
            b"bc": lambda _: self._backward(False),
        }
        self._by_letter: dict[bytes, Handler] = {
            b"?": lambda _: stop_reply(self._monitor.last),
            b"!": lambda _: b"OK",
            b"D": self._leave,
            b"G": self._write_registers,
            b"H": lambda _: b"OK",
            b"M": lambda text: memory.write(timeline, text),
            b"P": self._write_register,
            b"R": self._restart,
            b"T": lambda text: b"OK" if text == b"1" else _BAD_PACKET,
            b"X": lambda text: memory.write_binary(timeline, text),
            b"Z": self._points.insert,
            b"g": self._read_registers,
            b"k": self._kill,
            b"m": lambda text: memory.read(timeline, text),
            b"p": self._read_register,
            b"z": self._points.remove,
        }
        for letter in (b"c", b"s", b"C", b"S"):
            self._by_letter[letter] = self._plain(letter)

    def answer(self, packet: bytes) -> bytes | None:
        """The answer; b"" means that the packet is not known, None that there is no answer."""
        try:
            for word, handler in self._by_word.items():
                if packet.startswith(word):
                    return handler(packet.removeprefix(word))
            known = self._by_letter.get(packet[:1])
            if known is not None:
                return known(packet[1:])
            return queries.answer(packet, self._documents)
        except BadPacketError:
            return _BAD_PACKET
        except SimgateError as error:
            return b"E." + " ".join(str(error).split()).encode("ascii", "replace")

    # ---- moving ----

    def _plain(self, letter: bytes) -> Handler:
        return lambda text: self._forward(resume.plain(letter + text))

    def _forward(self, order: resume.Order) -> bytes:
        points = self._points.points
        return self._stopped(resume.forward(self._timeline, order, points, self._interrupted))

    def _backward(self, single: bool) -> bytes:
        points = self._points.points
        return self._stopped(resume.backward(self._timeline, single, points, self._interrupted))

    def _stopped(self, outcome: Outcome) -> bytes:
        self._monitor.last = outcome
        text = remark(outcome)
        if text:
            self._say(f"{text}\n")
        return stop_reply(outcome)

    def _restart(self, _: bytes) -> None:
        self._timeline.restart()
        self._monitor.last = None

    # ---- registers ----

    def _read_registers(self, _: bytes) -> bytes:
        values = self._timeline.registers()
        return hexed(b"".join(registers.encode(one, values) for one in self._registers))

    def _read_register(self, text: bytes) -> bytes:
        return hexed(registers.encode(self._register(text), self._timeline.registers()))

    def _write_register(self, text: bytes) -> bytes:
        name, digits = fields(text, b"=", 2)
        return self._set(registers.decode(self._register(name), unhex(digits)))

    def _write_registers(self, text: bytes) -> bytes:
        return self._set(registers.decode_all(self._registers, unhex(text)))

    def _set(self, values: dict[str, int]) -> bytes:
        now = self._timeline.registers()
        for name, value in values.items():
            if now[name] != value:
                self._timeline.write_register(name, value)
        return b"OK"

    def _register(self, text: bytes) -> registers.Register:
        index = number(text)
        if index >= len(self._registers):
            raise BadPacketError(f"no register {index}")
        return self._registers[index]

    # ---- the rest ----

    def _command(self, text: bytes) -> bytes:
        self._say(self._monitor.answer(unhex(text).decode("utf-8", "replace")))
        return b"OK"

    def _stop_acks(self, _: bytes) -> bytes:
        self.without_acks = True
        return b"OK"

    def _leave(self, _: bytes) -> bytes:
        self.is_over = True
        return b"OK"

    def _kill(self, _: bytes) -> None:
        self.is_over = True
