"""Each packet and its answer, without gdb and without a socket."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simgate.debug.gdb.session import Session
from simgate.debug.timeline.timeline import Timeline

RAM, FLASH, NOWHERE = 0x2000_0000, 0x0800_0000, 0x7000_0000
UART, RCC = 0x4000_4400, 0x4002_3800


class Talk:
    """A session whose console text is kept; an interrupt has come in already."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.said = ""
        self.interrupts = True
        self.session = Session(timeline, self._hear, lambda: self.interrupts)

    def _hear(self, text: str) -> None:
        self.said += text

    def __call__(self, packet: str | bytes) -> str | None:
        data = packet.encode("latin-1") if isinstance(packet, str) else packet
        answer = self.session.answer(data)
        return None if answer is None else answer.decode("latin-1")

    def monitor(self, command: str) -> str:
        self.said = ""
        assert self(f"qRcmd,{command.encode().hex()}") == "OK"
        return self.said


@pytest.fixture(scope="module")
def timeline(machines_of: Callable[..., Callable]) -> Iterator[Timeline]:
    with Timeline(machines_of("hello")) as made:
        yield made


@pytest.fixture
def talk(timeline: Timeline) -> Talk:
    timeline.restart(keep_changes=False)
    return Talk(timeline)


def document(talk: Talk, kind: str, annex: str) -> ET.Element:
    text, offset = "", 0
    while True:
        answer = talk(f"qXfer:{kind}:read:{annex}:{offset:x},100")
        assert answer is not None and answer[0] in "ml" and len(answer) <= 0x101
        text, offset = text + answer[1:], offset + len(answer) - 1
        if answer[0] == "l":
            return ET.fromstring(text)


def test_what_it_can_do(talk: Talk) -> None:
    features = talk("qSupported:multiprocess+;swbreak+").split(";")
    assert {"ReverseStep+", "ReverseContinue+", "QStartNoAckMode+"} <= set(features)
    assert "PacketSize=4000" in features
    assert talk("vCont?") == "vCont;c;C;s;S;r"


@pytest.mark.parametrize(
    "packet", ["", "vMustReplyEmpty", "j", "qUnheardOf", "b", "Z9,0,4", "\xff"]
)
def test_what_is_not_known_gets_an_empty_answer(talk: Talk, packet: str) -> None:
    assert talk(packet) == ""


def test_registers_by_feature(talk: Talk) -> None:
    found = {
        feature.get("name"): [reg.get("name") for reg in feature]
        for feature in document(talk, "features", "target.xml").iter("feature")
    }
    assert found["org.gnu.gdb.arm.m-profile"][-4:] == ["sp", "lr", "pc", "xpsr"]
    assert found["org.gnu.gdb.arm.m-system"] == [
        "msp", "psp", "primask", "basepri", "faultmask", "control",
    ]  # fmt: skip
    assert found["org.gnu.gdb.arm.vfp"] == [*(f"d{n}" for n in range(16)), "fpscr"]


def test_the_memory_map_covers_every_address_once(talk: Talk) -> None:
    regions = [
        (int(one.get("start"), 16), int(one.get("length"), 16), one.get("type"))
        for one in document(talk, "memory-map", "").iter("memory")
    ]
    assert sum(length for _, length, _ in regions) == 1 << 32
    assert all(a + n == b for (a, n, _), (b, _, _) in pairwise(regions))
    assert (FLASH, 0x10_0000, "flash") in regions


def test_no_such_document(talk: Talk) -> None:
    assert talk("qXfer:features:read:other.xml:0,10") == "E01"
    assert talk("qXfer:auxv:read::0,10") == ""
    assert talk("qXfer:features:read:target.xml:0") == "E01"


def test_reading_registers_one_and_all(talk: Talk) -> None:
    values = talk.timeline.registers()
    everything = talk("g")
    assert len(everything) == 2 * (17 * 4 + 6 * 4 + 16 * 8 + 4)
    assert everything[15 * 8 : 16 * 8] == values["pc"].to_bytes(4, "little").hex()
    assert talk("pf") == values["pc"].to_bytes(4, "little").hex()
    assert talk("p28") == "E01"  # there are 40


def test_writing_registers(talk: Talk) -> None:
    assert talk("P0=78563412") == "OK"
    assert talk("P17=000000000000f83f") == "OK"  # d0 = 1.5
    values = talk.timeline.registers()
    assert (values["r0"], values["s0"], values["s1"]) == (0x12345678, 0, 0x3FF80000)

    before = talk("g")
    assert talk("G" + "ffffffff" + before[8:]) == "OK"
    assert talk("g") == "ffffffff" + before[8:]


@pytest.mark.parametrize(
    "packet", ["P0=123", "P0=12345", "P0=xx", "P0", "P=00000000", "P99=00000000", "G00", "p", "pzz"]
)
def test_wrong_register_packets(talk: Talk, packet: str) -> None:
    assert talk(packet) == "E01"


def test_a_value_that_a_register_cannot_hold_is_refused_with_a_sentence(talk: Talk) -> None:
    assert talk("P10=00000000").startswith("E.xpsr needs its T bit")


def test_memory_there_and_back(talk: Talk) -> None:
    assert talk(f"M{RAM:x},4:01020304") == "OK"
    assert talk(f"m{RAM:x},4") == "01020304"
    assert talk(f"X{RAM:x},3:a#}}".encode()) == "OK"
    assert talk(f"m{RAM:x},4") == "61237d04"
    assert talk(f"X{RAM:x},0:") == "OK"
    assert talk(f"M{FLASH:x},2:beef") == "OK"  # a debugger may patch Flash
    assert talk("m0,2") == "beef"  # which shows at 0, too


def test_memory_ends_where_it_ends(talk: Talk) -> None:
    end = RAM + 0x2_0000
    assert len(talk(f"m{end - 4:x},10")) == 8
    assert talk(f"m{NOWHERE:x},4") == "E01"
    assert talk("mfffffffc,10") == "E01"
    assert talk(f"M{NOWHERE:x},1:00").startswith("E.")


def test_a_device_is_looked_at_and_does_not_notice(talk: Talk) -> None:
    assert talk(f"m{RCC:x},4") == "83000000"  # CR: HSITRIM, HSIRDY, HSION
    assert talk(f"m{UART:x},4") == "00000000"  # its clock is off
    position = talk.timeline.position
    assert talk("me000ed00,4") == "41c20f41"  # CPUID of r0p1
    assert talk.timeline.position == position


def test_a_device_is_written_to(talk: Talk) -> None:
    assert talk("Me000ed08,4:00000020") == "OK"  # VTOR
    assert talk("me000ed08,4") == "00000020"


@pytest.mark.parametrize(
    "packet",
    ["m", "m,", "m0", "m0,", "mx,4", "m-1,4", "m100000000,4", "m0,4,4x", "M0,4:00", "M0,1:0g",
     "M0,1", "X0,2:a", "X0:a", "m0x10,4", "m 1,4"],
)  # fmt: skip
def test_wrong_memory_packets(talk: Talk, packet: str) -> None:
    assert talk(packet) == "E01"


def test_flash_as_load_writes_it(talk: Talk) -> None:
    assert talk(f"vFlashErase:{FLASH:x},400") == "OK"
    assert talk(f"m{FLASH:x},4") == "ffffffff"
    assert talk(f"vFlashWrite:{FLASH:x}:".encode() + b"\0\1:\3") == "OK"
    assert talk("vFlashDone") == "OK"
    assert talk(f"m{FLASH:x},5") == "00013a03ff"
    assert talk(f"vFlashErase:{RAM:x},400") == "E01"


@pytest.mark.parametrize(
    "packet", ["Z0", "Z0,", "Z0,0", "Z2,20000000,0", "Z2,ffffffff,2", "z1,zz,2", "Z0,1ffffffff,2"]
)
def test_wrong_points(talk: Talk, packet: str) -> None:
    assert talk(packet) == "E01"


def test_a_step(talk: Talk) -> None:
    talk("vCont;s:1")
    assert talk.timeline.position.instructions == 1
    talk("s")
    assert talk.timeline.position.instructions == 2
    assert talk("bs") == "T05thread:1;"
    assert talk.timeline.position.instructions == 1
    assert talk("bs") == "T05thread:1;"
    assert talk("bs") == "T05thread:1;replaylog:begin;"


def test_going_on_ends_with_the_interrupt(talk: Talk) -> None:
    assert talk("vCont;c:1") == "T02thread:1;"
    assert talk("?") == "T02thread:1;"
    assert talk("c") == "T02thread:1;"
    assert talk("C05") == "T02thread:1;"


@pytest.mark.parametrize(
    "packet",
    ["vCont", "vCont;", "vCont;x", "vCont;c:2", "vCont;r1", "vCont;Szz", "cxyz", "C", "Szz"],
)
def test_wrong_moves(talk: Talk, packet: str) -> None:
    assert talk(packet) == "E01"


def test_stepping_on_within_a_range(talk: Talk) -> None:
    start = talk.timeline.registers()["pc"]
    talk.interrupts = False
    assert talk(f"vCont;r{start:x},{start + 4:x}:1") == "T05thread:1;"
    assert talk.timeline.registers()["pc"] == start + 4


def test_threads_and_small_questions(talk: Talk) -> None:
    assert talk("qC") == "QC1"
    assert talk("qfThreadInfo") == "m1"
    assert talk("qsThreadInfo") == "l"
    assert talk("T1") == "OK" and talk("T2") == "E01"
    assert talk("Hg0") == talk("Hc-1") == "OK"
    assert talk("qAttached") == talk("qAttached:1") == "1"
    assert talk("?") == "T05thread:1;"


def test_the_monitor(talk: Talk) -> None:
    talk.interrupts = False
    assert "monitor goto N" in talk.monitor("help")
    assert "There is no command 'fly'" in talk.monitor("fly me")
    assert talk.monitor("instructions") == "0 instructions executed, 0 ticks slept\n"
    assert talk.monitor("goto 1,234").startswith("1,234 instructions executed")
    assert talk.timeline.position.instructions == 1234
    assert "one number" in talk.monitor("goto") + talk.monitor("goto x")
    assert talk.monitor("reset").startswith("0 instructions")
    assert talk.monitor("fault") == "It did not stop at a fault.\n"
    assert "Reset_Handler" in talk.monitor("where")
    assert talk("qRcmd,6g") == "E01"


def test_restart_kill_and_detach(talk: Talk) -> None:
    talk("vCont;s")
    assert talk("R00") is None
    assert talk.timeline.position.instructions == 0
    assert not talk.session.is_over
    assert talk("vKill;1") == "OK" and talk.session.is_over
    talk.session.is_over = False
    assert talk("D") == "OK" and talk.session.is_over
    talk.session.is_over = False
    assert talk("k") is None and talk.session.is_over


@given(
    st.one_of(
        st.binary(max_size=40),
        st.from_regex(
            re.compile(rb"[?DGHMPRTXZcgkmpqsvz]{1,2}[0-9a-f]{0,9}[,;:=][0-9a-f,:;]{0,20}")
        ),
    )
)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_packet_has_an_answer(timeline: Timeline, packet: bytes) -> None:
    answer = Session(timeline, lambda text: None, lambda: True).answer(packet)
    assert answer is None or isinstance(answer, bytes)
