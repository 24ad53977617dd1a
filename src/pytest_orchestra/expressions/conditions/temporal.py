"""Dates, times and durations as text (DMN 1.4, 10.3.2.3.4 to 10.3.2.3.8; ISO 8601).

What the standard allows and Python cannot hold (other years, named zones) is refused.
"""

from __future__ import annotations

import datetime as dt
import re

from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.values import Months, Scalar

MONTHS_PER_YEAR = 12

_DATE = r"(?P<year>-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9/_+~-]+)?"
)
_DATE_TEXT = re.compile(_DATE)
_TIME_TEXT = re.compile(_TIME)
_MOMENT_TEXT = re.compile(f"{_DATE}T{_TIME}")
_MONTHS_TEXT = re.compile(r"(-?)P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?")
_DAYS_TEXT = re.compile(
    r"(-?)P(?=[0-9]|T[0-9])(?:([0-9]+)D)?"
    r"(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]*)?)S)?)?"
)
_ANY_DURATION = re.compile(r"-?P[0-9YMDTHS.]+")

_MAX_OFFSET_HOURS = 14
_NEVER_OFFSET_HOURS = 18
_MICRO_DIGITS = 6
_MAX_AMOUNT_DIGITS = 12
_DAY_END = (24, 0, 0)
_SIXTY = 60


def date_from(text: str) -> dt.date | None:
    """The date that a text writes; None if it writes none.

    Raises:
        Refused: Python cannot hold it, or it is a date and time.
    """
    if found := _DATE_TEXT.fullmatch(text):
        return _date(found)
    if _MOMENT_TEXT.fullmatch(text):
        raise Refused("a date is made of a text with a time", "Write date and time(…).")
    return None


def time_from(text: str) -> dt.time | None:
    """The time that a text writes; None if it writes none.

    Raises:
        Refused: Python cannot hold it, or it is a date and time.
    """
    if found := _TIME_TEXT.fullmatch(text):
        return _time(found)
    if _MOMENT_TEXT.fullmatch(text):
        raise Refused("a time is made of a text with a date", "Write date and time(…).")
    return None


def moment_from(text: str) -> dt.datetime | None:
    """The date and time that a text writes, of a date alone its midnight; None if it writes none.

    Raises:
        Refused: Python cannot hold it.
    """
    if found := _DATE_TEXT.fullmatch(text):
        day = _date(found)
        return dt.datetime.combine(day, dt.time()) if day else None
    if found := _MOMENT_TEXT.fullmatch(text):
        day, time = _date(found), _time(found)
        return dt.datetime.combine(day, time) if day and time is not None else None
    return None


def duration_from(text: str) -> dt.timedelta | Months | None:
    """The duration that a text writes; None if it writes none.

    Raises:
        Refused: it is too long, or mixes months and days.
    """
    if found := _MONTHS_TEXT.fullmatch(text):
        years, months = (_amount(each) for each in found.groups()[1:])
        return Months((-1 if found[1] else 1) * (years * MONTHS_PER_YEAR + months))
    if found := _DAYS_TEXT.fullmatch(text):
        return _days(found)
    if "Y" in text and "D" in text and _ANY_DURATION.fullmatch(text):
        raise Refused("a duration mixes years or months with days", "Write one of the two.")
    return None


def scalar_from(text: str) -> Scalar:
    """What an at-literal ``@"…"`` writes (DMN 1.4, 10.3.1.2, rule 68); None if nothing."""
    if _DATE_TEXT.fullmatch(text):
        return date_from(text)
    if _MOMENT_TEXT.fullmatch(text):
        return moment_from(text)
    return time_from(text) or duration_from(text)


def text_of(value: Scalar) -> str:
    """A date, time or duration as the standard writes it."""
    match value:
        case Months():
            return _months_text(value.months)
        case dt.timedelta():
            return _days_text(value)
        case dt.datetime() | dt.time() | dt.date():
            text = value.isoformat()
            head, dot, tail = text.partition(".")
            if dot:
                digits, zone = tail[:_MICRO_DIGITS].rstrip("0"), tail[_MICRO_DIGITS:]
                text = f"{head}.{digits}{zone}"
            return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
    raise TypeError(value)


def _date(found: re.Match[str]) -> dt.date | None:
    year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise Refused("a year is not between 1 and 9999")
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _time(found: re.Match[str]) -> dt.time | None:
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    fraction = (found["fraction"] or "").rstrip("0")
    if len(fraction) > _MICRO_DIGITS:
        raise Refused("a time is finer than microseconds")
    if (hour, minute, second) == _DAY_END:
        raise Refused("a time is 24:00:00", "Write 00:00:00 of the next day.")
    micro = int(fraction.ljust(_MICRO_DIGITS, "0"))
    try:
        return dt.time(hour, minute, second, micro, tzinfo=_zone(found["zone"]))
    except ValueError:
        return None


def _zone(text: str | None) -> dt.timezone | None:
    if text is None:
        return None
    if text.startswith("@"):
        raise Refused("a time in a named zone cannot be judged", "Give its offset.")
    if text == "Z":
        return dt.UTC
    sign = -1 if text[0] == "-" else 1
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if any(seconds) or _MAX_OFFSET_HOURS < hours <= _NEVER_OFFSET_HOURS:
        raise Refused("an offset is more than 14 hours, or has seconds")
    if hours > _NEVER_OFFSET_HOURS or minutes >= _SIXTY:
        raise ValueError(text)
    return dt.timezone(sign * dt.timedelta(hours=hours, minutes=minutes))


def _days(found: re.Match[str]) -> dt.timedelta:
    days, hours, minutes = (_amount(each) for each in found.groups()[1:4])
    whole, _, fraction = (found[5] or "0").partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > _MICRO_DIGITS:
        raise Refused("a duration is finer than microseconds")
    try:
        total = dt.timedelta(
            days=days,
            hours=hours,
            minutes=minutes,
            seconds=_amount(whole),
            microseconds=int(fraction.ljust(_MICRO_DIGITS, "0")),
        )
    except OverflowError as error:
        raise Refused("a duration is too long") from error
    return -total if found[1] else total


def _amount(digits: str | None) -> int:
    if digits and len(digits) > _MAX_AMOUNT_DIGITS:
        raise Refused("a duration is too long")
    return int(digits or 0)


def _months_text(months: int) -> str:
    years, rest = divmod(abs(months), MONTHS_PER_YEAR)
    parts = (f"{years}Y" if years else "") + (f"{rest}M" if rest else "")
    return f"{'-' if months < 0 else ''}P{parts or '0M'}"


def _days_text(value: dt.timedelta) -> str:
    size = abs(value)
    minutes, seconds = divmod(size.seconds, _SIXTY)
    hours, minutes = divmod(minutes, _SIXTY)
    fraction = f".{size.microseconds:06}".rstrip("0") if size.microseconds else ""
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    time += f"{seconds}{fraction}S" if seconds or fraction else ""
    days = f"{size.days}D" if size.days else ""
    text = days + (f"T{time}" if time else "")
    return f"{'-' if value < dt.timedelta() else ''}P{text or 'T0S'}"
