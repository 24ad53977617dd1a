"""The formats that are checked, and patterns, as functions from a text to whether it fits.

One table for every engine, so that all give the same verdicts; unknown formats always fit.
"""

from __future__ import annotations

import re
import sys
from binascii import Error, a2b_base64
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from itertools import groupby
from unicodedata import category

Fits = Callable[[str], bool]

_SPACES = r"\t\n\x0b\x0c\r \xa0\ufeff\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_ECMA_CLASSES = {
    "d": "0-9",
    "w": "A-Za-z0-9_",
    "s": _SPACES,
    "D": r"\x00-/:-\U0010ffff",
    "W": r"\x00-/:-@\[-\^`{-\U0010ffff",
    "S": r"\S",
}
_TOKEN = re.compile(
    r"\\u\{(?P<code>[0-9A-Fa-f]+)\}|\\(?P<sense>[pP])\{(?P<category>[A-Z][a-z]?)\}"
    r"|\\(?P<escape>.)|(?P<group>\(\?<(?=[A-Za-z_]))|(?P<sign>[\[\]$])",
    re.DOTALL,
)

_DATE = r"(\d{4})-(\d\d)-(\d\d)"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:z|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
_CLOCK = r"(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?"
_DURATION = rf"P(?=[\dT])(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d){_CLOCK})?)"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_URI_CHARACTER = r"(?:[a-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9a-f]{2})"
_IRI_CHARACTER = r"(?:[^\x00-\x20\x7f<>\"{}|\\^`%]|%[0-9a-f]{2})"


def pattern(text: str) -> Fits:
    """Compile a regular expression of a description, as ECMA-262 reads it.

    Raises:
        re.error: it is none, or uses what Python has no word for.
    """
    search = re.compile(ecma(text)).search
    return lambda value: search(value) is not None


def ecma(text: str) -> str:
    """Spell a regular expression so that Python reads it as ECMA-262 does: ASCII classes, ends."""
    inside = False

    def spelled(found: re.Match[str]) -> str:
        nonlocal inside
        match found.lastgroup:
            case "code":
                return re.escape(chr(int(found["code"], 16)))
            case "category":
                inverted = found["sense"] == "P"
                return _category(found["category"], inverted=inverted, inside=inside)
            case "escape":
                return _escape(found["escape"], inside=inside)
            case "group":
                return found[0] if inside else "(?P<"
            case _:
                shown = _sign(found[0], inside=inside)
                inside = found[0] == "[" or (inside and found[0] != "]")
                return shown

    return _TOKEN.sub(spelled, text)


def _sign(sign: str, *, inside: bool) -> str:
    if sign == "$":
        return "$" if inside else r"(?![\s\S])"
    return r"\[" if sign == "[" and inside else sign


def _escape(letter: str, *, inside: bool) -> str:
    if (members := _ECMA_CLASSES.get(letter)) is None:
        return f"\\{letter}"
    return members if inside else f"[{members}]"


def _category(name: str, *, inverted: bool, inside: bool) -> str:
    if inverted and inside:
        message = "an inverted category in a class"
        raise re.error(message)
    members = _members(name)
    return members if inside else f"[{'^' * inverted}{members}]"


@lru_cache(maxsize=32)
def _members(general_category: str) -> str:
    """Give every character of a category (``L``, ``Lu``) as the inside of a class."""
    points = range(sys.maxunicode + 1)
    of_it = (point for point in points if category(chr(point)).startswith(general_category))
    runs = groupby(enumerate(of_it), key=lambda pair: pair[1] - pair[0])
    ends = ([point for _, point in run] for _, run in runs)
    return "".join(f"\\U{run[0]:08x}-\\U{run[-1]:08x}" for run in ends)


def _matching(expression: str) -> Fits:
    matches = re.compile(expression, re.IGNORECASE | re.ASCII).fullmatch
    return lambda value: matches(value) is not None


def _is_date(value: str) -> bool:
    with suppress(ValueError):
        found = re.fullmatch(_DATE, value, re.ASCII)
        return found is not None and bool(date(*map(int, found.groups())))
    return False


def _is_date_time(value: str) -> bool:
    return value[10:11] in {"T", "t"} and _is_date(value[:10]) and _is_time(value[11:])


def _is_ipv4(value: str) -> bool:
    with suppress(ValueError):
        return bool(IPv4Address(value))
    return False


def _is_ipv6(value: str) -> bool:
    with suppress(ValueError):
        return "%" not in value and bool(str(IPv6Address(value)))
    return False


def _is_base64(value: str) -> bool:
    with suppress(Error, ValueError):
        a2b_base64(value.encode("ascii"), strict_mode=True)
        return True
    return False


_is_time = _matching(_TIME)

FORMATS: Mapping[str, Fits] = {
    "date": _is_date,
    "date-time": _is_date_time,
    "time": _is_time,
    "duration": _matching(_DURATION),
    "uuid": _matching(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"),
    "email": _matching(r"[^@\s]+@[^@\s]+"),
    "idn-email": _matching(r"[^@\s]+@[^@\s]+"),
    "hostname": _matching(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*"),
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "uri": _matching(rf"[a-z][a-z0-9+.-]*:{_URI_CHARACTER}*"),
    "uri-reference": _matching(rf"{_URI_CHARACTER}*"),
    "iri": _matching(rf"[a-z][a-z0-9+.-]*:{_IRI_CHARACTER}*"),
    "byte": _is_base64,
}
"""By the names of JSON Schema 2020-12, 7.3, and of OpenAPI 3.0, 4.4."""

BOUNDS: Mapping[str, Mapping[str, int]] = {
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"minimum": -(2**63), "maximum": 2**63 - 1},
}
"""What the formats of integers say."""
