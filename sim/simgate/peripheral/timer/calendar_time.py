"""Dates and times of an RTC: two-digit years from 2000, a weekday of its own, BCD in registers.

RM0090, 26.6.1 and 26.6.2 (RTC_TR, RTC_DR); every fourth year is a leap year (26.3.1).
"""

from __future__ import annotations

from dataclasses import dataclass

_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS_IN_FOUR_YEARS = 4 * 365 + 1
DAY_S = 86_400
_CENTURY_S = 25 * _DAYS_IN_FOUR_YEARS * DAY_S


def to_bcd(value: int) -> int:
    """0 to 99 as two decimal digits."""
    return value // 10 << 4 | value % 10


def from_bcd(digits: int) -> int:
    """Two decimal digits, the upper of at most four bits."""
    return (digits >> 4) * 10 + (digits & 0xF)


@dataclass(frozen=True, slots=True)
class CalendarTime:
    """A second of the century, and the weekday that goes with it.

    Attributes:
        second: since 2000-01-01 00:00:00.
        weekday: 1 (Monday) to 7.
    """

    second: int = 0
    weekday: int = 1

    def later(self, seconds: int) -> CalendarTime:
        """So many seconds later; the century wraps."""
        second = self.second + seconds
        days = second // DAY_S - self.second // DAY_S
        return CalendarTime(second % _CENTURY_S, (self.weekday - 1 + days) % 7 + 1)

    @property
    def date(self) -> tuple[int, int, int]:
        """Year (0 to 99), month and day."""
        days = self.second // DAY_S
        year, days = days // _DAYS_IN_FOUR_YEARS * 4, days % _DAYS_IN_FOUR_YEARS
        while days >= 365 + (year % 4 == 0):
            days -= 365 + (year % 4 == 0)
            year += 1
        month = 1
        while days >= _days_of(year, month):
            days -= _days_of(year, month)
            month += 1
        return year, month, days + 1

    @property
    def clock(self) -> tuple[int, int, int]:
        """Hour (0 to 23), minute and second."""
        rest = self.second % DAY_S
        return rest // 3600, rest // 60 % 60, rest % 60

    def time_register(self, twelve_hours: bool) -> int:
        """As RTC_TR shows it: PM in bit 22 with a twelve-hour clock."""
        hour, minute, second = self.clock
        half = 0
        if twelve_hours:
            half, hour = int(hour >= 12) << 22, hour % 12 or 12
        return half | to_bcd(hour) << 16 | to_bcd(minute) << 8 | to_bcd(second)

    def date_register(self) -> int:
        """As RTC_DR shows it."""
        year, month, day = self.date
        return to_bcd(year) << 16 | self.weekday << 13 | to_bcd(month) << 8 | to_bcd(day)


def from_registers(time: int, date: int, twelve_hours: bool) -> CalendarTime:
    """The moment that RTC_TR and RTC_DR were set to; a day that its month lacks runs over."""
    hour = hours_of(time, twelve_hours)
    seconds = hour * 3600 + from_bcd(time >> 8 & 0x7F) * 60 + from_bcd(time & 0x7F)
    year, month = from_bcd(date >> 16 & 0xFF) % 100, from_bcd(date >> 8 & 0x1F)
    days = year // 4 * _DAYS_IN_FOUR_YEARS + year % 4 * 365 + (year % 4 > 0)
    days += sum(_days_of(year, earlier) for earlier in range(1, min(max(month, 1), 12)))
    days += max(from_bcd(date & 0x3F), 1) - 1
    return CalendarTime((days * DAY_S + seconds) % _CENTURY_S, date >> 13 & 7 or 1)


def hours_of(time: int, twelve_hours: bool) -> int:
    """The hour (0 to 23) in a time or alarm register."""
    hour = from_bcd(time >> 16 & 0x3F)
    if twelve_hours:
        return hour % 12 + (12 if time >> 22 & 1 else 0)
    return hour % 24


def _days_of(year: int, month: int) -> int:
    return 29 if month == 2 and year % 4 == 0 else _MONTHS[month - 1]
