"""Every encoding against Unicorn, one instruction at a time, with random operands and state.

Where Unicorn 2.1.4 is known to be wrong it is not asked: the Q flag of SMLAD and SMLADX, and
VCVT from 32-bit fixed point (test_instruction_models.py has them).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("unicorn")
from unicorn_pair import Encoding, Pair, check, encodings


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    yield Pair()


@pytest.mark.parametrize("encoding", encodings(), ids=lambda encoding: encoding.name)
def test_one_instruction(pair: Pair, encoding: Encoding) -> None:
    check(pair, encoding)
