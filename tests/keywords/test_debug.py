"""Assertions about a fault report: what names nothing is refused."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from simgate.keywords import SimgateKeywords
from simgate.keywords.failing import KeywordFailure
from simgate.result import SourceLocation


def reporting(sentence: str = "division by zero", **parts: Any) -> SimgateKeywords:
    """A library that has examined something."""
    blame = SourceLocation(0x08000100, "mean", 4, "firmware/app/mean/main.c", 2)
    frames = [SimpleNamespace(where=SimpleNamespace(function=f)) for f in ("mean", "run", "main")]
    report = {
        "cause": SimpleNamespace(sentence=sentence),
        "blame": blame,
        "backtrace": SimpleNamespace(frames=frames),
        "deepest": None,
        **parts,
    }
    keywords = SimgateKeywords()
    keywords.session.report = SimpleNamespace(**report)  # type: ignore[assignment]
    return keywords


@pytest.mark.parametrize(
    "sentence",
    [
        "HardFault",
        "a HardFault exception",
        "Hard fault.",
        "UsageFault, escalated to HardFault",
        "the firmware crashed in HardFault_Handler",
        "BusFault",
        "The MemManage fault was taken",
        "",
    ],
)
def test_a_report_that_says_merely_hardfault_fails(sentence: str) -> None:
    with pytest.raises(KeywordFailure, match="The report says merely"):
        reporting(sentence).report_should_name_cause()
    with pytest.raises(KeywordFailure, match="The report says merely"):
        reporting(sentence).report_should_name_cause("fault")


@pytest.mark.parametrize(
    "sentence",
    [
        "LDRD from 0x20000101, which is not a multiple of 4: UNALIGNED UsageFault",
        "division by zero",
        "the processor locked up",
        "called a null function pointer",
    ],
)
def test_a_report_that_names_the_act_passes(sentence: str) -> None:
    assert reporting(sentence).report_should_name_cause(sentence[:8].upper()) == sentence


def test_a_cause_that_is_another_one_is_shown() -> None:
    with pytest.raises(KeywordFailure, match="'division by zero': it does not name 'watchdog'"):
        reporting().report_should_name_cause("zero", "watchdog")


def test_function_and_callers() -> None:
    keywords = reporting()
    keywords.report_should_name_function("mean")
    with pytest.raises(KeywordFailure, match="the function 'mean', not 'main'"):
        keywords.report_should_name_function("main")
    with pytest.raises(KeywordFailure, match="the function 'None', not 'main'"):
        reporting(blame=None).report_should_name_function("main")
    keywords.report_should_show_callers("mean", "main")
    with pytest.raises(KeywordFailure, match="mean < run < main: no 'run' where it was expected"):
        keywords.report_should_show_callers("main", "run")
    with pytest.raises(KeywordFailure, match="does not tell the deepest moment"):
        keywords.report_should_show_deepest_chain("mean")


def test_the_line_is_the_marked_one_of_that_file(tmp_path: Path) -> None:
    source = tmp_path / "mean" / "main.c"
    source.parent.mkdir()
    source.write_text("int mean(int sum, int n)\n{ return sum / n; /* faults here */ }\n\n")
    reporting().report_should_name_source_line(source)
    source.write_text("int mean(int sum, int n)\n{\n    return sum / n; /* faults here */\n}\n")
    with pytest.raises(KeywordFailure, match=r"main.c:2, not the line of .*main.c:3"):
        reporting().report_should_name_source_line(source)
    with pytest.raises(KeywordFailure, match="the comment 'other' 0 times, not once"):
        reporting().report_should_name_source_line(source, "other")
    with pytest.raises(KeywordFailure, match="names no source line"):
        reporting(blame=None).report_should_name_source_line(source)
    other = tmp_path / "other" / "main.c"
    other.parent.mkdir()
    other.write_text("\n{ /* faults here */\n")
    with pytest.raises(KeywordFailure, match=r"mean/main.c:2, not the line"):
        reporting().report_should_name_source_line(other)
    with pytest.raises(KeywordFailure, match="No such file"):
        reporting().report_should_name_source_line(tmp_path / "absent.c")


def test_without_a_report_a_keyword_says_what_to_do() -> None:
    with pytest.raises(KeywordFailure, match="use 'Debug Firmware' or 'Examine Fault' first"):
        SimgateKeywords().report_should_name_cause("x")
