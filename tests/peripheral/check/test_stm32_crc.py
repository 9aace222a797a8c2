"""The CRC unit against values of the manuals and of the catalogue of CRC algorithms."""

from __future__ import annotations

import binascii

import pytest

from simgate.peripheral.check.stm32_crc import CR, DR, IDR, INIT, POL, RESET, REV_OUT, Stm32Crc
from simgate.platform import EnumName

BYTES, HALFWORDS, WORDS = 1 << 5, 2 << 5, 3 << 5  # REV_IN
SIZE_16, SIZE_8, SIZE_7 = 1 << 3, 2 << 3, 3 << 3


def series(text):
    return {"series": EnumName(("STM32Series", text)), "configurablePoly": text != "F4"}


@pytest.fixture
def plain(host):
    return Stm32Crc("crc", series("F4"), host)


@pytest.fixture
def crc(host):
    return Stm32Crc("crc", series("WBA"), host)


def test_reset_values(plain, crc):
    assert [plain.read(offset, 4) for offset in (DR, IDR, CR)] == [0xFFFFFFFF, 0, 0]
    assert crc.read(INIT, 4) == 0xFFFFFFFF
    assert crc.read(POL, 4) == 0x04C11DB7


def test_words_on_f4_are_crc_32_mpeg_2_of_their_bytes_from_the_top(plain):
    plain.write(DR, 4, 0x31323334)  # "1234"
    plain.write(DR, 4, 0x35363738)
    expected = bitwise(b"12345678", 0x04C11DB7, 32, 0xFFFFFFFF)
    assert plain.read(DR, 4) == expected


def bitwise(data: bytes, polynomial: int, size: int, crc: int) -> int:
    """Straight from the definition."""
    for byte in data:
        for bit in range(7, -1, -1):
            top = crc >> (size - 1) & 1
            crc = crc << 1 & ((1 << size) - 1)
            if top ^ (byte >> bit & 1):
                crc ^= polynomial
    return crc


def test_reset_loads_the_beginning_and_leaves_idr(plain):
    plain.write(IDR, 4, 0x1A5)
    plain.write(DR, 4, 1)
    plain.write(CR, 4, RESET)
    assert plain.read(DR, 4) == 0xFFFFFFFF
    assert plain.read(IDR, 4) == 0xA5  # 8 bits on F4
    assert plain.read(CR, 4) == 0


def test_f4_has_neither_init_nor_pol(plain, host):
    plain.write(INIT, 4, 0)
    plain.write(POL, 4, 0)
    assert (plain.read(INIT, 4), plain.read(DR, 4)) == (0, 0xFFFFFFFF)
    assert host.notes == ["crc: reserved offset 0x010", "crc: reserved offset 0x014"]


def test_idr_of_g4_has_32_bits(crc):
    crc.write(IDR, 4, 0x12345678)
    assert crc.read(IDR, 4) == 0x12345678


def test_the_zip_crc_of_bytes(crc):
    crc.write(CR, 4, BYTES | REV_OUT | RESET)
    for byte in b"123456789":
        crc.write(DR, 1, byte)
    assert crc.read(DR, 4) ^ 0xFFFFFFFF == binascii.crc32(b"123456789") == 0xCBF43926


def test_words_reversed_by_bytes_or_by_word_are_the_zip_crc_of_little_endian_memory(crc):
    data = bytes(range(64))
    crc.write(CR, 4, WORDS | REV_OUT | RESET)
    for at in range(0, 64, 4):
        crc.write(DR, 4, int.from_bytes(data[at : at + 4], "little"))
    assert crc.read(DR, 4) ^ 0xFFFFFFFF == binascii.crc32(data)


def test_halfwords(crc):
    data = bytes(range(64))
    crc.write(CR, 4, HALFWORDS | REV_OUT | RESET)
    for at in range(0, 64, 2):
        crc.write(DR, 2, int.from_bytes(data[at : at + 2], "little"))
    assert crc.read(DR, 4) ^ 0xFFFFFFFF == binascii.crc32(data)


@pytest.mark.parametrize(
    ("control", "polynomial", "initial", "check"),
    [
        (SIZE_16, 0x1021, 0xFFFF, 0x29B1),  # CRC-16/IBM-3740
        (SIZE_16 | BYTES | REV_OUT, 0x8005, 0xFFFF, 0x4B37),  # CRC-16/MODBUS
        (SIZE_8, 0x07, 0x00, 0xF4),  # CRC-8/SMBUS
        (SIZE_7, 0x09, 0x00, 0x75),  # CRC-7/MMC
    ],
)
def test_other_polynomials_by_their_check_value(crc, control, polynomial, initial, check):
    crc.write(CR, 4, control)
    crc.write(POL, 4, polynomial)
    crc.write(INIT, 4, initial)  # loads the unit, RM0440, 16.3.3
    for byte in b"123456789":
        crc.write(DR, 1, byte)
    assert crc.read(DR, 4) == check


def test_the_polynomial_of_one_that_cannot_change_it_stays(host):
    crc = Stm32Crc("crc", {"series": EnumName(("STM32Series", "F0"))}, host)
    crc.write(POL, 4, 0x1021)
    assert crc.read(POL, 4) == 0x04C11DB7
