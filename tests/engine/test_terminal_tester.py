"""Renode's semantics of waiting on a UART."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgate.engine.base import Halt
from simgate.engine.terminal_line import EndLine, LineBuffer
from simgate.engine.terminal_tester import TerminalError
from simgate.errors import UartError
from simgate.result import StopReason


def test_a_line_is_found_by_a_part_of_it_with_its_time_in_milliseconds(fake):
    tester = fake.tester()
    fake.say(0.25, b"boot ok, ready\r\n")
    result = tester.wait_for_line("ok")
    assert result.as_dict() == {
        "Line": "boot ok, ready",
        "Timestamp": 250.0,
        "Groups": [],
        "IsFailingString": False,
    }


def test_the_run_stops_where_the_match_is(fake):
    tester = fake.tester()
    fake.say(0.1, b"one\n")
    fake.say(0.2, b"two\n")
    tester.wait_for_line("one")
    assert fake.now_s == 0.1


def test_a_match_consumes_its_line_and_all_before_it(fake):
    tester = fake.tester()
    fake.say(0.1, b"a\nb\nc\n")
    assert tester.wait_for_line("c").line == "c"
    with pytest.raises(TerminalError):
        tester.wait_for_line("a", 0.1)


def test_lines_after_the_match_stay(fake):
    tester = fake.tester()
    fake.say(0.1, b"a\nb\nc\n")
    fake.run(1)
    assert tester.wait_for_line("a", 0).line == "a"
    assert tester.wait_for_line("b", 0).line == "b"
    assert tester.wait_for_next_line(0).line == "c"


def test_regular_expressions_return_their_groups(fake):
    tester = fake.tester()
    fake.say(0.1, b"cycles=7697550 us=12\n")
    result = tester.wait_for_line(r"cycles=(\d+)( ms)? us=(\d+)", regex=True)
    assert result.groups == ("7697550", "", "12")


def test_a_substring_is_no_regular_expression(fake):
    tester = fake.tester()
    fake.say(0.1, b"a.c\nabc\n")
    fake.run(1)
    assert tester.wait_for_line("a.c", 0).line == "a.c"
    with pytest.raises(TerminalError):
        tester.wait_for_line("a.c", 0)


def test_nul_carriage_return_and_colours_are_dropped(fake):
    tester = fake.tester()
    fake.say(0.1, b"\x00\x1b[1;32mgreen\x1b[0m\r\n")
    assert tester.wait_for_line("green").line == "green"


def test_other_escape_sequences_stay_for_the_match_and_go_from_the_result(fake):
    tester = fake.tester()
    fake.say(0.1, b"\x1b[2Jclear\n")
    assert tester.wait_for_line(r"\x1b\[2J", regex=True).line == "[2Jclear"


def test_carriage_return_may_end_lines(fake):
    tester = fake.tester(end_line=EndLine.CARRIAGE_RETURN)
    fake.say(0.1, b"one\rtwo\n\r")
    assert tester.wait_for_next_line().line == "one"
    assert tester.wait_for_next_line().line == "two\n"
    assert EndLine("TreatCarriageReturnAsEndLine") is EndLine.CARRIAGE_RETURN


def test_an_unfinished_line_counts_only_when_it_is_asked_for(fake):
    tester = fake.tester()
    fake.say(0.1, b"login: ")
    with pytest.raises(TerminalError, match=r"login:  \[\[no newline\]\]"):
        tester.wait_for_line("login:", 0.5)
    assert tester.wait_for_prompt("login:", 0).line == "login: "
    with pytest.raises(TerminalError):
        tester.wait_for_prompt("login:", 0)  # consumed


def test_match_next_line_looks_at_the_first_line_only(fake):
    tester = fake.tester()
    fake.say(0.1, b"a\nb\n")
    with pytest.raises(TerminalError):
        tester.wait_for_line("b", 0.5, match_next_line=True)
    assert tester.wait_for_line("a", 0, match_next_line=True).line == "a"
    assert tester.wait_for_line("b", 0, match_next_line=True).line == "b"


def test_match_next_line_can_be_the_tester_s_default(fake):
    tester = fake.tester(match_next_line=True)
    fake.say(0.1, b"a\nb\n")
    with pytest.raises(TerminalError):
        tester.wait_for_line("b", 0.5)
    assert tester.wait_for_line("b", 0, match_next_line=False).line == "b"


def test_lines_in_a_row(fake):
    tester = fake.tester()
    fake.say(0.1, b"x\na\nno\na\nb\nc\n")
    assert tester.wait_for_lines(["a", "b"]).line == "b"
    assert tester.wait_for_next_line().line == "c"
    assert tester.wait_for_lines([]).line == ""


def test_lines_in_a_row_must_follow_directly(fake):
    tester = fake.tester()
    fake.say(0.1, b"a\n-\nb\n")
    with pytest.raises(TerminalError, match="Lines starting with >>a<<"):
        tester.wait_for_lines(["a", "b"], 1)


def test_lines_in_a_row_that_end_with_an_unfinished_one(fake):
    tester = fake.tester()
    fake.say(0.1, b"a\nshell> ")
    assert tester.wait_for_lines(["a", ">"], include_unfinished=True).line == "shell>"


def test_lines_from_the_next_one(fake):
    tester = fake.tester()
    fake.say(0.1, b"a1\nb2\nc\n")
    result = tester.wait_for_lines(["a(.)", "b(.)"], regex=True, match_from_next_line=True)
    assert (result.line, result.groups) == ("b2", ("2",))
    with pytest.raises(TerminalError):
        tester.wait_for_lines(["d", "c"], 0.5, match_from_next_line=True)


def test_time_outs_are_virtual_and_zero_looks_at_the_buffer(fake):
    tester = fake.tester(timeout=2.5)
    with pytest.raises(TerminalError):
        tester.wait_for_line("x", 0)
    assert fake.now_s == 0
    with pytest.raises(TerminalError):
        tester.wait_for_line("x")
    assert fake.now_s == 2.5
    with pytest.raises(TerminalError):
        tester.wait_for_line("x", 0.5)
    assert fake.now_s == 3.0


def test_the_report_of_a_failure(fake):
    tester = fake.tester(whereabouts=lambda: "It is in wait_for_ever (main.c:7).")
    fake.say(0.004, b"arena_used=22820\n")
    fake.say(0.1012, b"DONE\ntail")
    tester.wait_for_line("DONE")
    with pytest.raises(TerminalError) as caught:
        tester.wait_for_line("never comes", 0.5)
    assert str(caught.value) == (
        "Terminal tester failed!\n"
        "\n"
        "Full report:\n"
        "([virt:       0] Attached to UART event: success)\n"
        "[virt:       4] arena_used=22820\n"
        "[virt:     101] DONE\n"
        "([virt:   101.2] Line containing >>DONE<< event: success)\n"
        "tail [[no newline]]\n"
        "([virt:   601.2] Line containing >>never comes<< event: failure)\n"
        "--- Current line buffer contains 4 characters: >>tail<<\n"
        "\n"
        "It is in wait_for_ever (main.c:7)."
    )


def test_a_cleared_report_forgets_lines_too(fake):
    tester = fake.tester()
    fake.say(0.1, b"a\n")
    fake.run(1)
    tester.clear_report()
    assert tester.report() == "\n"
    with pytest.raises(TerminalError):
        tester.wait_for_line("a", 0)


def test_failing_strings_fail_the_next_wait(fake):
    tester = fake.tester()
    tester.register_failing_string("ASSERT")
    fake.say(0.1, b"ASSERT main.c:3\n")
    fake.say(0.2, b"ok\n")
    with pytest.raises(TerminalError, match="Test failing entry has been found on UART:\nASSERT"):
        tester.wait_for_line("ok")
    assert fake.now_s == 0.1
    tester.unregister_failing_string("ASSERT")
    assert tester.wait_for_line("ok").line == "ok"
    with pytest.raises(UartError):
        tester.unregister_failing_string("ASSERT")


def test_a_failing_string_that_is_there_already(fake):
    tester = fake.tester()
    fake.say(0.1, b"Error 5\nok\n")
    fake.run(1)
    tester.register_failing_string(r"Error \d", regex=True)
    with pytest.raises(TerminalError, match="Error 5"):
        tester.wait_for_line("ok", 0)


def test_should_not_be_on_uart(fake):
    tester = fake.tester()
    fake.say(0.1, b"fine\n")
    fake.say(1.5, b"panic\n")
    tester.should_not_be_on_uart("panic", 1.0)
    assert fake.now_s == 1.0
    with pytest.raises(TerminalError, match="Unexpected entry has been found on UART:\npanic"):
        tester.should_not_be_on_uart("panic", 1.0)
    assert fake.now_s == 1.5
    assert tester.report().count("fine") == 1


def test_idle(fake):
    tester = fake.tester()
    fake.say(1.5, b"x")
    tester.should_be_idle(1.0)
    with pytest.raises(TerminalError, match="Terminal is idle event: failure"):
        tester.should_be_idle(1.0)
    assert fake.now_s == 1.5


@pytest.mark.parametrize("wait", ["wait_for_line", "should_not_be_on_uart"])
def test_a_fault_ends_every_wait_at_once(fake, wait):
    fake.ends_with = Halt(StopReason.FAULT, 7, 0.0, None, "store to Flash: ... in main (main.c:3)")
    tester = fake.tester()
    with pytest.raises(TerminalError, match="store to Flash") as caught:
        getattr(tester, wait)("x", 1.0)
    assert caught.value.halt is fake.ends_with
    with pytest.raises(TerminalError, match="store to Flash"):
        tester.should_be_idle(1.0)


def test_somebody_else_s_stop_does_not_end_a_wait(fake):
    tester = fake.tester()
    fake.after(0.1, fake.stop)
    fake.say(0.2, b"late\n")
    assert tester.wait_for_line("late", 0.5).line == "late"


def test_written_lines_end_with_carriage_return(fake):
    tester = fake.tester(wait_for_echo=False)
    tester.write_line("go")
    tester.write("é")
    tester.write_char("x")
    tester.send_key(3)
    assert bytes(fake.uart.received) == b"go\r\xe9x\x03"


def test_the_echo_is_waited_for_by_default(fake):
    tester = fake.tester()
    fake.uart.on_write = lambda data: fake.say(fake.now_s + 0.1, data)
    tester.write_line("go")
    assert fake.now_s == 0.1
    fake.uart.on_write = lambda data: None
    with pytest.raises(TerminalError, match=r"Line containing >>go<< event: failure"):
        tester.write_line("go")
    tester.write_line("go", wait_for_echo=False)


def test_characters_may_be_delayed(fake):
    tester = fake.tester()
    tester.write_char_delay = 0.01
    times = []
    fake.uart.on_write = lambda data: times.append((round(fake.now_s, 3), data))
    tester.write("ab")
    tester.write("c")
    fake.run(1)
    assert times == [(0.01, b"a"), (0.02, b"b"), (0.03, b"c")]


def test_bytes(fake):
    tester = fake.tester(binary=True)
    fake.say(0.1, b"\x00\xff\x0d\x0a\x80tail")
    result = tester.wait_for_bytes("ff 0D0A")
    assert result.as_dict() == {"Content": b"\xff\r\n", "Timestamp": 100.0, "Groups": []}
    fake.run(0.1)
    result = tester.wait_for_bytes(r"\x80(.*)l", 0, regex=True, match_start=True)
    assert (result.content, result.groups) == (b"\x80tail", (b"tai",))
    with pytest.raises(TerminalError):
        tester.wait_for_bytes("00", 0)


def test_bytes_at_the_start(fake):
    tester = fake.tester(binary=True)
    fake.say(0.1, b"\x01\x02")
    fake.run(1)
    with pytest.raises(TerminalError, match="01 02"):
        tester.wait_for_bytes("02", 0, match_start=True)
    assert tester.wait_for_bytes("01", 0, match_start=True).content == b"\x01"
    assert tester.wait_for_bytes("02", 0, match_start=True).content == b"\x02"


def test_text_and_bytes_do_not_mix(fake):
    with pytest.raises(UartError, match="wait for bytes on a tester configured in text mode"):
        fake.tester().wait_for_bytes("00")
    with pytest.raises(UartError, match="wait for text on a tester configured in binary mode"):
        fake.tester(binary=True).wait_for_line("x")


def test_what_is_not_a_pattern_is_said_at_once(fake):
    with pytest.raises(UartError, match="not a regular expression"):
        fake.tester().wait_for_line("(", regex=True)
    with pytest.raises(UartError, match="not a regular expression"):
        fake.tester().register_failing_string("(", regex=True)
    with pytest.raises(UartError, match="not hexadecimal"):
        fake.tester(binary=True).wait_for_bytes("zz")


@given(st.binary(max_size=200))
def test_lines_are_what_lies_between_line_feeds(data):
    """Without escape sequences, NUL and CR the buffer splits as Python does."""
    kept = bytes(byte for byte in data if byte not in (0x00, 0x0D, 0x1B))
    buffer = LineBuffer(EndLine.LINE_FEED, binary=False)
    lines = [line for line in map(buffer.feed, kept) if line is not None]
    assert "\n".join([*lines, buffer.text]) == kept.decode("latin-1")


@given(st.binary(max_size=200))
def test_a_binary_buffer_keeps_everything(data):
    buffer = LineBuffer(EndLine.LINE_FEED, binary=True)
    assert [buffer.feed(byte) for byte in data] == [None] * len(data)
    assert buffer.text.encode("latin-1") == data


def test_of_a_line_without_end_a_failure_shows_the_last_part(fake):
    tester = fake.tester()
    fake.say(0.1, b"begin" + b"x" * 3000 + b"end")
    with pytest.raises(TerminalError) as caught:
        tester.wait_for_next_line(0.5)
    text = str(caught.value)
    assert "begin" not in text
    assert "contains 3008 characters: >>[[1,008 characters before]] xxx" in text
    assert "xxxend<<" in text
