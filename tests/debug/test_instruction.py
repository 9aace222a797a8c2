"""Instructions as a sentence needs them, and disassembly that stays in step."""

from __future__ import annotations

import pytest

from simgate.debug.instruction import decode, disassemble

CODE = 0x08000000


@pytest.mark.parametrize(
    ("halfwords", "name", "facts"),
    [
        ((0xE9D3, 0x0102), "LDRD", {"base": "r3", "displacement": 8, "registers": ("r0", "r1")}),
        ((0x4798,), "BLX", {"is_call": True, "registers": ("r3",)}),
        ((0x4770,), "BX", {"is_return": True, "pops_pc": False, "is_call": False}),
        ((0xBD10,), "POP", {"pops_pc": True, "is_return": True}),
        ((0xBC10,), "POP", {"pops_pc": False, "is_return": False}),
        ((0xF85D, 0xFB04), "LDR", {"pops_pc": True}),  # ldr pc, [sp], #4
        ((0x4718,), "BX", {"is_return": False, "is_call": False}),  # bx r3: a tail call
        ((0xFBB0, 0xF0FC), "UDIV", {"registers": ("r0", "r0", "r12")}),
    ],
)
def test_an_instruction_is_understood(chip, halfwords, name, facts) -> None:
    chip.put(CODE, b"".join(half.to_bytes(2, "little") for half in halfwords) + bytes(4))
    found = decode(chip.memory(), CODE)
    assert found is not None
    assert found.name == name
    assert {fact: getattr(found, fact) for fact in facts} == facts


def test_nothing_is_decoded_where_nothing_is(chip) -> None:
    assert decode(chip.memory(), CODE) is None


def test_what_is_no_instruction_is_shown_as_data() -> None:
    code = bytes.fromhex("7047 ffff ffff 00bf")
    assert [(at, text) for at, _, text in disassemble(code, CODE)] == [
        (CODE, "bx lr"),
        (CODE + 2, ".hword 0xffff"),
        (CODE + 4, ".hword 0xffff"),
        (CODE + 6, "nop"),
    ]
