"""What the tables say that an encoding means is what capstone reads in it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from tools.fuzz.form import Form
from tools.fuzz.model.floating import vmov_imm
from tools.fuzz.model.machine import Machine
from tools.fuzz.sequence import Item, Sequence, addresses_of, assemble
from tools.fuzz.tables import all_forms, by_name

capstone = pytest.importorskip("capstone")
ENGINE = capstone.Cs(
    capstone.CS_ARCH_ARM,
    capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS | capstone.CS_MODE_V8,
)
DRAWS = 30
OTHER_NAMES = {"sb": "r9", "sl": "r10", "fp": "r11", "ip": "r12"}


def normalised(text: str) -> str:
    """Numbers without sign and in decimal, registers by number, no width suffix."""
    text = re.sub(r"0x[0-9a-f]+", lambda match: str(int(match[0], 16)), text.lower())
    for name, register in OTHER_NAMES.items():
        text = re.sub(rf"\b{name}\b", register, text)
    if not re.search(r"\[|adr|pc", text):
        text = re.sub(r"#-(\d+)$", lambda match: f"#{(1 << 32) - int(match[1])}", text)
    # ADR is an addition to the PC or a subtraction from it
    text = re.sub(r"^addw (\w+), pc, #(\d+)$", r"adr \1, #\2", text)
    text = re.sub(r"^subw (\w+), pc, #(\d+)$", r"adr \1, #-\2", text)
    text = re.sub(r"(\.w)(?= |$)", "", text)
    return " ".join(text.split())


def disassembled(code: bytes, address: int = 0) -> str:
    for instruction in ENGINE.disasm(code, address, 1):
        assert instruction.size == len(code)
        return f"{instruction.mnemonic} {instruction.op_str}".strip()
    return "nothing"


def draws(form: Form) -> Iterator[dict[str, int]]:
    rng = random.Random(form.name)
    count = 0
    while count < DRAWS:
        fields = {}
        for letter, width in form.fields:
            fields[letter] = rng.getrandbits(width)
            if letter in "dnmatulh" and width == 4:
                fields[letter] = rng.choice([*range(13), 14])
            if letter in "pqk" and width == 5:
                fields[letter] &= 15
        if form.legal is None or form.legal(**fields):
            count += 1
            yield fields


# Offsets of branches and conditions of IT are below; capstone prints immediates of VMOV as numbers.
APART = {"it", "vmov_imm", "vmov_imm_d"}


@pytest.mark.parametrize(
    "form",
    [form for form in all_forms() if form.group != "branch" and form.name not in APART],
    ids=lambda form: form.name,
)
def test_an_encoding_reads_as_its_text(form: Form) -> None:
    for fields in draws(form):
        code = form.encode(fields)
        assert len(code) == form.width
        assert normalised(disassembled(code)) == normalised(form.disassembly(fields)), fields


@pytest.mark.parametrize("name", ["vmov_imm", "vmov_imm_d"])
def test_immediates_of_vmov(name: str) -> None:
    form = by_name()[name]
    for fields in draws(form):
        machine = Machine(())
        vmov_imm(machine, fields, {})
        if name == "vmov_imm":
            place = next(i for i in range(32) if machine.s[i])
            expected = as_float(machine.s[place], 8, 23)
        else:
            place = next(i for i in range(16) if machine.double(i))
            expected = as_float(machine.double(place), 11, 52)
        number = float(disassembled(form.encode(fields)).rpartition("#")[2])
        assert number == pytest.approx(expected, rel=1e-6)


def as_float(bits: int, exponent_bits: int, fraction_bits: int) -> float:
    exponent = (bits >> fraction_bits & (1 << exponent_bits) - 1) - (1 << exponent_bits - 1) + 1
    magnitude = (1 + (bits & (1 << fraction_bits) - 1) / (1 << fraction_bits)) * 2.0**exponent
    return -magnitude if bits >> fraction_bits + exponent_bits else magnitude


@pytest.mark.parametrize("name", ["b_cond", "b_16", "b_cond_w", "b_w", "bl", "cbz", "cbnz"])
@pytest.mark.parametrize("fillers", [1, 2, 7, 25])
def test_branches_reach_their_label(name: str, fillers: int) -> None:
    form = by_name()[name]
    fields = {letter: 5 for letter in ("c", "n") if letter in dict(form.fields)}
    nop = Item(by_name()["nop_w"], {})
    items = (Item(form, fields, (1 + fillers,)), *[nop] * fillers)
    code = assemble(Sequence(0, items, ()), 0x2000, 0x100)
    addresses = addresses_of(items, 0x2000)
    text = disassembled(code[: form.width], 0x2000)
    assert int(text.rpartition("#")[2], 16) == addresses[-1]
    back = disassembled(code[-4:], addresses[-1])
    assert back == "b.w #0x100"  # the epilogue


def test_a_table_branch_reaches_its_labels() -> None:
    nop = Item(by_name()["nop"], {})
    for name, width in (("tbb", 1), ("tbh", 2)):
        items = (Item(by_name()[name], {"n": 15, "m": 3}, (1, 3, 2)), nop, nop)
        code = assemble(Sequence(0, items, ()), 0x2000, 0x100)
        table = [int.from_bytes(code[4 + width * i :][:width], "little") for i in range(3)]
        begin = 4 + 3 * width + width % 2  # of the first NOP
        assert [4 + 2 * entry for entry in table] == [begin, begin + 4, begin + 2]


def test_it_reads_as_its_conditions() -> None:
    code = by_name()["it"].encode({"c": 0, "j": 0b1010})  # EQ, then else, then then
    assert disassembled(code) == "itet eq"
