"""Texts of the formats that JSON Schema and OpenAPI name, right ones and wrong ones.

Addresses are of the domains and networks that are kept for examples (RFC 2606, 5737, 3849).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from uuid import UUID

_FIRST_DAY = date(2026, 1, 1)


def _day(random: Random) -> str:
    return (_FIRST_DAY + timedelta(days=random.randrange(365))).isoformat()


def _time(random: Random) -> str:
    return f"{random.randrange(24):02}:{random.randrange(60):02}:{random.randrange(60):02}Z"


def _uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def _number(random: Random) -> int:
    return random.randrange(1, 250)


_MAKERS: Mapping[str, Callable[[Random], str]] = {
    "date": _day,
    "date-time": lambda random: f"{_day(random)}T{_time(random)}",
    "time": _time,
    "duration": lambda random: f"PT{_number(random)}M",
    "uuid": _uuid,
    "email": lambda random: f"user{_number(random)}@example.com",
    "idn-email": lambda random: f"user{_number(random)}@example.com",
    "hostname": lambda random: f"host{_number(random)}.example.com",
    "idn-hostname": lambda random: f"host{_number(random)}.example.com",
    "ipv4": lambda random: f"192.0.2.{_number(random)}",
    "ipv6": lambda random: f"2001:db8::{_number(random):x}",
    "uri": lambda random: f"https://example.com/{_number(random)}",
    "url": lambda random: f"https://example.com/{_number(random)}",
    "uri-reference": lambda random: f"/{_number(random)}",
    "iri": lambda random: f"https://example.com/{_number(random)}",
    "iri-reference": lambda random: f"/{_number(random)}",
    "json-pointer": lambda random: f"/{_number(random)}",
    "regex": lambda _: "^[a-z]+$",
    "byte": lambda random: b64encode(f"made {_number(random)}".encode()).decode(),
    "password": lambda random: f"Made-up-{_number(random)}!",
}

_WRONG: Mapping[str, str] = {
    "date": "2026-02-30",
    "date-time": "2026-11-21 25:61",
    "time": "25:61:00Z",
    "duration": "5 minutes",
    "uuid": "00000000-0000-0000-0000-00000000000g",
    "email": "nobody.example.com",
    "idn-email": "nobody.example.com",
    "hostname": "-host-.example.com",
    "ipv4": "192.0.2.256",
    "ipv6": "2001:db8::g",
    "uri": "example dot com",
    "uri-reference": "a b",
    "iri": "example dot com",
    "byte": "not base64!",
}


def formatted_text(name: str, random: Random) -> str | None:
    """A text of a format; None where nothing is known of it."""
    maker = _MAKERS.get(name)
    return maker(random) if maker is not None else None


def misformatted_text(name: str) -> str | None:
    """A text that is near a format and breaks it; None where it is not checked."""
    return _WRONG.get(name)
