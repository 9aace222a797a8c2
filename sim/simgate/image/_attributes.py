"""The core that an ELF was built for, from Arm's build attributes.

Format and values: "Addenda to, and Errata in, the ABI for the Arm Architecture" (addenda32),
sections 3.2 (encoding), 3.3.5.1 (Tag_CPU_arch) and 3.3.5.2 (Tag_FP_arch).
"""

from __future__ import annotations

from simgate.image._leb128 import read_uleb128
from simgate.image.parts import Cpu

_ARCHITECTURES = {
    0: "before Armv4",
    1: "Armv4",
    2: "Armv4T",
    3: "Armv5T",
    4: "Armv5TE",
    5: "Armv5TEJ",
    6: "Armv6",
    7: "Armv6KZ",
    8: "Armv6T2",
    9: "Armv6K",
    10: "Armv7",
    11: "Armv6-M",
    12: "Armv6S-M",
    13: "Armv7E-M",
    14: "Armv8-A",
    15: "Armv8-R",
    16: "Armv8-M Baseline",
    17: "Armv8-M Mainline",
    18: "Armv8.1-A",
    19: "Armv8.2-A",
    20: "Armv8.3-A",
    21: "Armv8.1-M Mainline",
    22: "Armv9-A",
}
_RUNS_HERE = {"Armv6-M", "Armv6S-M", "Armv7-M", "Armv7E-M"}
_CPU_ARCH, _CPU_ARCH_PROFILE, _FP_ARCH, _COMPATIBILITY = 6, 7, 10, 32
_TEXT_TAGS = {4, 5, 65, 67}  # CPU_raw_name, CPU_name, also_compatible_with, conformance
_FILE_SCOPE = 1


def parse_attributes(content: bytes) -> Cpu | None:
    """The core named by the bytes of ``.ARM.attributes``; None where they do not say.

    Raises:
        ValueError: the bytes are no build attributes.
    """
    if content[:1] != b"A":
        raise ValueError("unknown format of build attributes")
    values: dict[int, int] = {}
    position = 1
    while position < len(content):
        length = _word(content, position)
        if length < 5 or position + length > len(content):
            raise ValueError("a vendor's block of build attributes has no sensible length")
        block = content[position + 4 : position + length]
        vendor, separator, rest = block.partition(b"\0")
        if not separator:
            raise ValueError("a vendor's name in the build attributes does not end")
        if vendor == b"aeabi":
            _read_scopes(rest, values)
        position += length
    if _CPU_ARCH not in values:
        return None
    number = values[_CPU_ARCH]
    letter = values.get(_CPU_ARCH_PROFILE, 0)
    profile = chr(letter) if letter in b"AMRS" else ""
    architecture = _ARCHITECTURES.get(number, f"architecture {number}")
    if architecture == "Armv7" and profile:
        architecture = f"Armv7-{profile}"
    return Cpu(architecture, profile, values.get(_FP_ARCH, 0))


def runs_on_cortex_m(cpu: Cpu) -> bool:
    """Code for ``cpu`` runs on an Armv7E-M core, which takes all of Armv6-M and Armv7-M."""
    return cpu.architecture in _RUNS_HERE


def _read_scopes(block: bytes, values: dict[int, int]) -> None:
    """Sub-subsections of the aeabi vendor: those that speak of the whole file are read."""
    position = 0
    while position < len(block):
        scope, after = read_uleb128(block, position)
        length = _word(block, after)
        if length < after + 4 - position or position + length > len(block):
            raise ValueError("a scope of build attributes has no sensible length")
        if scope == _FILE_SCOPE:
            _read_values(block[after + 4 : position + length], values)
        position += length


def _read_values(block: bytes, values: dict[int, int]) -> None:
    position = 0
    while position < len(block):
        tag, position = read_uleb128(block, position)
        is_text = tag in _TEXT_TAGS or (tag > _COMPATIBILITY and tag % 2 == 1)
        if not is_text:
            values[tag], position = read_uleb128(block, position)
        if is_text or tag == _COMPATIBILITY:
            end = block.find(b"\0", position)
            if end < 0:
                raise ValueError(f"the text of build attribute {tag} does not end")
            position = end + 1


def _word(content: bytes, position: int) -> int:
    if position + 4 > len(content):
        raise ValueError("the build attributes end within a length")
    return int.from_bytes(content[position : position + 4], "little")
