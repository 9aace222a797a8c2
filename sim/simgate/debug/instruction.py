"""One instruction, decoded (capstone) as far as a sentence about it needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from simgate.debug.memory import Memory

_ALIASES = {"sb": "r9", "sl": "r10", "fp": "r11", "ip": "r12", "r13": "sp", "r14": "lr"}
_LONGEST = 4


@dataclass(frozen=True, slots=True)
class Instruction:
    """A decoded instruction."""

    address: int
    size: int
    mnemonic: str  # "ldrd"
    operands: str  # "r0, r1, [r3]"
    base: str | None = None  # register that an access is relative to
    index: str | None = None
    displacement: int = 0
    registers: tuple[str, ...] = ()  # register operands in order, without those of an address
    writes_pc: bool = False

    @property
    def text(self) -> str:
        """As an assembler writes it."""
        return f"{self.mnemonic} {self.operands}".rstrip()

    @property
    def name(self) -> str:
        """The mnemonic as manuals write it, without width and condition: "LDRD"."""
        return self.mnemonic.split(".")[0].upper()

    @property
    def is_return(self) -> bool:
        """It takes the PC from LR or from the stack."""
        return (self.mnemonic.startswith("bx") and self.operands == "lr") or self.pops_pc

    @property
    def pops_pc(self) -> bool:
        """It loads the PC from the stack."""
        loads = self.mnemonic.startswith(("pop", "ldm", "ldr"))
        from_stack = self.mnemonic.startswith("pop") or self.base == "sp"
        from_stack = from_stack or self.operands.startswith("sp!")
        return loads and from_stack and self.writes_pc

    @property
    def is_call(self) -> bool:
        """It sets LR and branches: BL, BLX."""
        return self.mnemonic.split(".")[0] in ("bl", "blx")


def decode(memory: Memory, address: int) -> Instruction | None:
    """The instruction at `address`; None where there is no memory or it is undefined."""
    code = memory.read(address & ~1, _LONGEST) or memory.read(address & ~1, 2)
    if code is None:
        return None
    found = next(_capstone().disasm(code, address & ~1, 1), None)
    return None if found is None else _translate(found)


def disassemble(code: bytes, address: int) -> list[tuple[int, int, str]]:
    """Address, size and text of each instruction in `code`; what is undefined is two bytes long."""
    found = []
    position = 0
    while position + 2 <= len(code):
        for at, size, mnemonic, operands in _capstone().disasm_lite(
            code[position:], address + position
        ):
            found.append((at, size, f"{mnemonic} {_plain(operands)}".rstrip()))
            position += size
        if position + 2 <= len(code):
            halfword = int.from_bytes(code[position : position + 2], "little")
            found.append((address + position, 2, f".hword 0x{halfword:04x}"))
            position += 2
    return found


@cache
def _capstone() -> Any:
    import capstone

    engine = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS)
    engine.detail = True
    return engine


def _translate(found: Any) -> Instruction:
    from capstone import arm

    base = index = None
    displacement = 0
    registers = []
    for operand in found.operands:
        if operand.type == arm.ARM_OP_MEM:
            base = _name(found, operand.mem.base)
            index = _name(found, operand.mem.index)
            displacement = operand.mem.disp
        elif operand.type == arm.ARM_OP_REG:
            registers.append(_name(found, operand.reg) or "")
    return Instruction(
        address=found.address,
        size=found.size,
        mnemonic=found.mnemonic,
        operands=_plain(found.op_str),
        base=base,
        index=index,
        displacement=displacement,
        registers=tuple(registers),
        writes_pc="pc" in registers or found.mnemonic.startswith(("bx", "blx")),
    )


def _name(found: Any, register: int) -> str | None:
    if not register:
        return None
    name = str(found.reg_name(register))
    return _ALIASES.get(name, name)


def _plain(operands: str) -> str:
    """Registers by their numbers, as the report's other parts name them."""
    parts = []
    word = ""
    for letter in operands + " ":
        if letter.isalnum() or letter == "_":
            word += letter
        else:
            parts.append(_ALIASES.get(word, word) + letter)
            word = ""
    return "".join(parts)[:-1]
