"""Texts that look like what their names say: people, places, words.

They come from mimesis (extra ``made-data``); without it they are plain, ``customer 1``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mimesis import Generic

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class RealisticNames:
    """Makes texts for names of data.

    Args:
        is_plain: even where the library is installed.

    Attributes:
        is_plain: whether texts are plain: the library is not installed, or not wanted.
    """

    def __init__(self, *, is_plain: bool = False) -> None:
        self._generic = None if is_plain else _library()
        self.is_plain = self._generic is None

    def text(self, name: str, random: Random) -> str:
        """A text for a name such as ``shipping_city`` or ``customerName``.

        Args:
            name: where the text will stand, ``customer``.
            random: what decides.
        """
        words = [word.lower() for word in _WORDS.findall(name)] or ["text"]
        seed = random.getrandbits(32)
        if "email" in words or "mail" in words:
            return f"user{seed % 1000}@example.com"
        if "phone" in words or "mobile" in words:
            return f"+1-202-555-01{seed % 100:02}"  # kept for fiction
        maker = next((_MAKERS[word] for word in reversed(words) if word in _MAKERS), None)
        if self._generic is None or maker is None:
            return f"{' '.join(words)} {seed % 9 + 1}"
        self._generic.reseed(seed)
        return maker(self._generic)


def _library() -> Generic | None:
    try:
        from mimesis import Generic, Locale  # noqa: PLC0415 - an extra, and dear
    except ImportError:
        return None
    return Generic(Locale.EN, seed=0)


def _person(generic: Generic) -> str:
    return str(generic.person.full_name())


_MAKERS: Mapping[str, Callable[[Generic], str]] = {
    **dict.fromkeys(
        ("name", "customer", "person", "user", "client", "buyer", "owner", "author", "employee"),
        _person,
    ),
    **dict.fromkeys(("first", "firstname", "given"), lambda each: str(each.person.first_name())),
    **dict.fromkeys(("last", "lastname", "surname", "family"), lambda each: each.person.surname()),
    "username": lambda each: str(each.person.username()),
    "city": lambda each: str(each.address.city()),
    "street": lambda each: str(each.address.street_name()),
    "address": lambda each: str(each.address.address()),
    "state": lambda each: str(each.address.state()),
    "country": lambda each: str(each.address.country()),
    **dict.fromkeys(("zip", "postcode", "postal"), lambda each: str(each.address.postal_code())),
    **dict.fromkeys(
        ("company", "supplier", "vendor", "merchant", "bank"),
        lambda each: str(each.finance.company()),
    ),
    "currency": lambda each: str(each.finance.currency_iso_code()),
    **dict.fromkeys(("title", "headline"), lambda each: str(each.text.title())),
    **dict.fromkeys(
        ("description", "note", "comment", "reason", "message", "text"),
        lambda each: str(each.text.sentence()),
    ),
    "color": lambda each: str(each.text.color()),
    "job": lambda each: str(each.person.occupation()),
}
