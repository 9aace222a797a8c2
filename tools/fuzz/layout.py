"""Where things are in an image, and what records and results hold (see driver.s)."""

from __future__ import annotations

CODE, CODE_SIZE = 0, 0x40_0000
SEQUENCES = 0x2000  # literals lie on both sides of every sequence
DATA, DATA_SIZE = 0x2000_0000, 0x40_0000
CELLS = DATA
PATH = DATA + 0x800
STACK = DATA + 0x800
RECORDS = DATA + 0x1000
RECORD_SIZE, RESULT_SIZE = 512, 256
MOST = 4096  # sequences in one image

# Words of a record.
FP, FPSCR, APSR, CORE, LR, PC = 0, 32, 33, 34, 47, 48
BEFORE = 49 * 4  # bytes of a record below the initial SP
AFTER = RECORD_SIZE - BEFORE

# Words of a result: r0 to r12, sp, lr, then
OUT_APSR, OUT_FPSCR, OUT_FP, OUT_STATUS, OUT_FAULT = 15, 16, 17, 49, 50
DONE, FAULTED = 0x600D, 0xFA17
RESULT_NAMES = (
    *(f"r{number}" for number in range(13)), "sp", "lr", "apsr", "fpscr",
    *(f"s{number}" for number in range(32)), "status",
)  # fmt: skip
COMPARED = 50  # words of a result that must be equal
APSR_MASK = 0xF80F_0000


def record_at(place: int) -> int:
    """Address of a record."""
    return RECORDS + RECORD_SIZE * place


def stack_of(place: int) -> int:
    """Initial SP of the sequence at this place."""
    return record_at(place) + BEFORE


def results_at(count: int) -> int:
    """Address of the results of an image with so many records."""
    return RECORDS + RECORD_SIZE * count
