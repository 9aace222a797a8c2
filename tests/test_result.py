"""A result is pure data: to JSON and back, nothing is lost."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from simgate.result import (
    Fault,
    FaultKind,
    LayerCapture,
    RunResult,
    SourceLocation,
    Span,
    StackUse,
    StopReason,
    UartLine,
    from_json,
    to_json,
)

RESULT = RunResult(
    engine="strict 0.1.0",
    board="stm32f407",
    image="app.elf",
    image_sha256="00" * 32,
    reason=StopReason.FAULT,
    instructions=2**40,
    time_s=0.1,
    host_s=0.003,
    where=SourceLocation(0x0800_0100, "main", 4, "main.c", 12),
    fault=Fault(
        FaultKind.UNMAPPED,
        "load of 4 bytes at 0x60000000",
        SourceLocation(0x0800_0100),
        99,
        address=0x6000_0000,
    ),
    stack=StackUse(limit=0x2000_0000, top=0x2000_0C00, lowest=0x2000_0400),
    uart=(UartLine("usart2", 'né "1"', 0.25),),
    layers=(LayerCapture(0, 1, 10, 20, bytes(range(256))),),
    spans=(Span("kws_model_invoke", 10, 30),),
)


def test_json_and_back() -> None:
    assert from_json(to_json(RESULT)) == RESULT


@given(st.binary(), st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_any_tensor_line_and_time_survive(data: bytes, text: str, time_s: float) -> None:
    result = RunResult(
        "e", "b", "i", "0", StopReason.TIME, 0, time_s, 0.0, SourceLocation(0),
        uart=(UartLine("u", text, time_s),), layers=(LayerCapture(0, 0, 0, 0, data),),
    )  # fmt: skip
    assert from_json(to_json(result)) == result


def test_json_is_for_people_too() -> None:
    written = json.loads(to_json(RESULT))
    assert written["fault"]["kind"] == "unmapped access"
    assert written["reason"] == "fault"
    assert written["stack"] == {
        "limit": 0x2000_0000,
        "top": 0x2000_0C00,
        "lowest": 0x2000_0400,
        "needed": None,
    }


def test_what_is_derived() -> None:
    assert not RESULT.passed
    assert RESULT.stack is not None
    assert (RESULT.stack.size, RESULT.stack.used) == (3072, 2048)
    assert RESULT.spans[0].instructions == 20
    assert str(RESULT.where) == "0x08000100 main+0x4 (main.c:12)"
