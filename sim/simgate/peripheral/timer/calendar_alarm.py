"""When an alarm of an RTC goes off next (RM0090, 26.3.3, 26.6.7, 26.6.19).

An alarm compares day or weekday, hours, minutes and seconds, each of which can be masked, when a
second begins; with MASKSS it also compares the lower bits of the sub-seconds, at each of their
steps.
"""

from __future__ import annotations

from dataclasses import dataclass

from simgate.peripheral.timer.calendar_time import DAY_S, CalendarTime, from_bcd, hours_of

_WEEKDAY, _MASK_DAY, _MASK_HOURS = 1 << 30, 1 << 31, 1 << 23
_MASK_MINUTES, _MASK_SECONDS = 1 << 15, 1 << 7
_MOST_DAYS = 8 * 366  # a 29th of February comes at least every eight years


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as its registers have it."""

    register: int  # ALRMxR
    sub_seconds: int  # ALRMxSSR
    twelve_hours: bool

    def next_second(self, now: CalendarTime, earliest: int) -> int | None:
        """Seconds from `now` to the first second that matches, at least `earliest`.

        None: no day does.
        """
        first_day, start = divmod(now.second + earliest, DAY_S)
        for day in range(first_day, first_day + _MOST_DAYS):
            midnight = day * DAY_S - now.second
            if self._matches_day(now.later(midnight)):
                found = self._time_from(start)
                if found is not None:
                    return midnight + found
            start = 0
        return None

    def offsets(self, synchronous: int) -> tuple[int, ...]:
        """Steps of the sub-seconds after the beginning of a matching second, at which it goes off.

        Args:
            synchronous: the prescaler's PREDIV_S, from which the sub-seconds count down.
        """
        bits = min(self.sub_seconds >> 24 & 0xF, 15)
        if not bits:
            return (0,)
        mask = (1 << bits) - 1
        wanted = self.sub_seconds & mask
        highest = synchronous - ((synchronous - wanted) & mask)
        return tuple(synchronous - value for value in range(highest, -1, -(mask + 1)))

    def _time_from(self, start: int) -> int | None:
        """The first matching second of a day, at least `start`."""
        register = self.register
        hour = None if register & _MASK_HOURS else hours_of(register, self.twelve_hours)
        minute = None if register & _MASK_MINUTES else from_bcd(register >> 8 & 0x7F)
        second = None if register & _MASK_SECONDS else from_bcd(register & 0x7F)
        for h in range(start // 3600, 24) if hour is None else (hour,):
            for m in range(60) if minute is None else (minute,):
                begin = h * 3600 + m * 60
                if begin + 59 < start or m > 59:
                    continue
                if second is None:
                    return max(begin, start)
                if second < 60 and begin + second >= start:
                    return begin + second
        return None

    def _matches_day(self, moment: CalendarTime) -> bool:
        if self.register & _MASK_DAY:
            return True
        if self.register & _WEEKDAY:
            return moment.weekday == self.register >> 24 & 0xF
        return moment.date[2] == from_bcd(self.register >> 24 & 0x3F)
