"""Images: driver, sequences and records as the bytes of two memories."""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from collections.abc import Sequence as Several
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgate.errors import SimgateError
from tools.fuzz import layout
from tools.fuzz.sequence import Sequence, assemble
from tools.fuzz.values import States

DUMP = "results"  # the file that QEMU writes


class FuzzError(SimgateError):
    """The fuzzer itself cannot go on."""


@dataclass(frozen=True, slots=True)
class Driver:
    """The assembled driver and where its labels are."""

    code: bytes
    labels: dict[str, int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences with their initial states, at most layout.MOST."""

    processor: str
    sequences: tuple[Sequence, ...]
    states: States

    def __len__(self) -> int:
        return len(self.sequences)


@dataclass(frozen=True, slots=True)
class Image:
    """Memory from layout.CODE and layout.DATA on; ``entries`` are addresses of the sequences."""

    batch: Batch
    driver: Driver
    code: bytes | bytearray
    data: bytes | bytearray
    entries: tuple[int, ...]

    @property
    def results(self) -> int:
        """Address of the first result."""
        return layout.results_at(len(self.batch))

    @property
    def end(self) -> int:
        """Address behind the last result."""
        return self.results + layout.RESULT_SIZE * len(self.batch)

    @property
    def rows(self) -> range:
        """Of the sequences that run."""
        record, _, count = struct.unpack_from("<3I", self.data, 0)
        first = (record - layout.RECORDS) // layout.RECORD_SIZE
        return range(first, first + count)

    def only(self, row: int, sequence: Sequence) -> Image:
        """The same image, in which only this row runs, with a variant of its sequence (some of its
        instructions are NOPs)."""
        code, data = bytearray(self.code), bytearray(self.data)
        at = self.entries[row]
        piece = assemble(sequence, at, self.driver.labels["epilogue"])
        code[at : at + len(piece)] = piece
        record, result = layout.record_at(row), self.results + layout.RESULT_SIZE * row
        struct.pack_into("<3I", data, 0, record, result, 1)
        sequences = list(self.batch.sequences)
        sequences[row] = sequence
        return Image(
            Batch(self.batch.processor, tuple(sequences), self.batch.states),
            self.driver,
            code,
            data,
            self.entries,
        )


@dataclass(frozen=True, slots=True)
class Results:
    """What an engine left: ``registers`` [n, 64] words of results, ``memory`` [n, RECORD_SIZE]."""

    registers: NDArray[np.uint32]
    memory: NDArray[np.uint8]

    @staticmethod
    def of_data(data: bytes | bytearray | memoryview[Any], count: int) -> Results:
        """Cuts the data memory (from layout.DATA on) into records and results."""
        begin = layout.RECORDS - layout.DATA
        middle = begin + layout.RECORD_SIZE * count
        end = middle + layout.RESULT_SIZE * count
        records = np.frombuffer(data[begin:middle], np.uint8).reshape(count, layout.RECORD_SIZE)
        results = np.frombuffer(data[middle:end], "<u4").reshape(count, layout.RESULT_SIZE // 4)
        return Results(results.copy(), records.copy())


@cache
def driver() -> Driver:
    """Assembles driver.s.

    Raises:
        FuzzError: arm-none-eabi-as is not installed.
    """
    if shutil.which("arm-none-eabi-as") is None:
        raise FuzzError(
            "arm-none-eabi-as is not installed", hint="Install Debian's gcc-arm-none-eabi."
        )
    symbols = {
        "RECORD_SIZE": layout.RECORD_SIZE,
        "RESULT_SIZE": layout.RESULT_SIZE,
        "CELLS": layout.CELLS,
        "STACK": layout.STACK,
    }
    with tempfile.TemporaryDirectory() as folder:
        tool, source = "arm-none-eabi-", Path(__file__).with_name("driver.s")
        made, linked, flat = (Path(folder) / name for name in ("driver.o", "driver.elf", "driver"))
        definitions = [f"--defsym={name}={value:#x}" for name, value in symbols.items()]
        commands: tuple[list[str | Path], ...] = (
            [tool + "as", *definitions, source, "-o", made],
            [tool + "ld", "-Ttext=0", "-e", "reset", made, "-o", linked],
            [tool + "objcopy", "-O", "binary", "-j", ".text", linked, flat],
        )
        for command in commands:
            subprocess.run(command, check=True)
        listing = subprocess.run(
            [tool + "nm", linked], check=True, capture_output=True, text=True
        ).stdout
        labels = {}
        for line in listing.splitlines():
            address_text, kind, name = line.split()
            if kind in "tT":
                labels[name] = int(address_text, 16) & ~1
        return Driver(flat.read_bytes(), labels)


def _records(batch: Batch, entries: Several[int]) -> NDArray[np.uint8]:
    count, states = len(batch), batch.states
    words = np.zeros((count, layout.RECORD_SIZE // 4), np.uint32)
    words[:, layout.FP : layout.FP + 32] = states.fp
    words[:, layout.FPSCR] = states.fpscr
    words[:, layout.APSR] = states.apsr
    words[:, layout.CORE : layout.CORE + 14] = states.core
    words[:, layout.PC] = np.array(entries, np.uint32) | 1
    for place, sequence in enumerate(batch.sequences):
        for pin in sequence.pins:
            value = pin.value + (layout.stack_of(place) if pin.relative else 0)
            words[place, layout.CORE + min(pin.register, 13)] = value & 0xFFFF_FFFF
    records = words.view(np.uint8).reshape(count, layout.RECORD_SIZE)
    records[:, layout.BEFORE :] = states.memory
    return records


def build(batch: Batch) -> Image:
    """Places a batch."""
    made = driver()
    epilogue = made.labels["epilogue"]
    code = bytearray(made.code.ljust(layout.SEQUENCES, b"\x00"))
    entries = []
    for sequence in batch.sequences:
        entries.append(len(code))
        code += assemble(sequence, len(code), epilogue)
        code += bytes(len(code) % 4)
    code += bytes(layout.SEQUENCES)
    count = len(batch)
    results = layout.results_at(count)
    end = results + layout.RESULT_SIZE * count
    data = bytearray(layout.RECORDS - layout.DATA)
    cells = (layout.RECORDS, results, count, layout.PATH, 5, len(DUMP), 0, layout.DATA)
    struct.pack_into("<9I", data, 0, *cells, end - layout.DATA)
    path = DUMP.encode() + b"\x00"
    place = layout.PATH - layout.DATA
    data[place : place + len(path)] = path
    data += _records(batch, entries).tobytes()
    return Image(
        batch, made, bytes(code), bytes(data.ljust(end - layout.DATA, b"\x00")), tuple(entries)
    )
