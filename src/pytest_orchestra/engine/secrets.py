"""Keeps secrets out of everything that leaves the engine: by key, by value, within URLs.

A value that no connection, variable or key marks as secret is not known to be one.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from pydantic import BaseModel, SecretStr

from pytest_orchestra.engine.secret_keys import MOST_KEYS, folded, is_secret, secrets_under
from pytest_orchestra.engine.secret_texts import (
    MASKED,
    hide_by_key,
    hide_ends,
    hide_passwords,
    secrets_in,
)
from pytest_orchestra.engine.secret_writings import (
    address_reference,
    base64_cores,
    derived,
    writings,
)

SHORTEST = 6
"""Shorter secret values are masked by key only: as words they would blot out innocent text."""
DEEPEST = 200
"""Levels of a value; what lies deeper is hidden whole."""

_ADDRESS = re.compile(r"'?[A-Za-z][\w+.:-]*://[^\s'\"]+'?")

_QUOTE = re.compile(r"""\\.|\$?'|\"""", re.DOTALL)
_SIMPLE = frozenset((type(None), bool, int, float))


class Mask:
    """Knows the session's secret values; grows as connections are resolved."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._addresses: list[tuple[str, str, str]] = []
        self._keys: frozenset[str] = frozenset()
        self._made: dict[str, str] = {}
        self._words: tuple[str, ...] = ()
        self._pattern: re.Pattern[str] | None = None
        self._has_numbers = False
        self._innocent_keys: set[object] = set()

    def add(self, value: str, name: str = "") -> None:
        """Remember a secret in every way that it may be written; too short ones are not.

        Args:
            value: as it is.
            name: the variable or file that it came from.
        """
        if len(value) < SHORTEST:
            return
        if value not in self._names or name:
            self._names |= writings(value, name, MASKED)
            made = dict.fromkeys(base64_cores(value), MASKED) | derived(value, name, MASKED)
            self._made = dict(sorted((self._made | made).items(), key=_longest_first))
            self._has_numbers |= value.isdecimal()
            self._words = tuple(sorted(self._names, key=len, reverse=True))
            self._pattern = re.compile("|".join(map(_whole, self._words)))

    def learn(self, connection: BaseModel, origins: Mapping[str, str] | None = None) -> None:
        """Remember the secrets of a connection: its secret fields, and passwords in its URLs.

        Args:
            connection: resolved.
            origins: texts in it to the variables or files that they came from.
        """
        origins = origins or {}
        for value in _secrets_of(connection):
            self.add(value, origins.get(value, ""))
        self._keys |= {key for key in map(folded, _secret_keys(connection)) if len(key) >= SHORTEST}
        self._learn_addresses(origins)

    def _learn_addresses(self, origins: Mapping[str, str]) -> None:
        """Note which variables hold whole addresses, so that a line can name them."""
        for text, name in origins.items():
            for written in secrets_in(text, is_secret):
                for secret in (written, unquote(written)):
                    self.add(secret)
                    places = (f":{each}@" for each in writings(secret, "", MASKED))
                    self._addresses += ((place, text, name) for place in places)

    def learn_variable(self, key: str, value: object, origins: Mapping[str, str]) -> None:
        """Remember a variable of the environment, if its name says that it is secret."""
        if isinstance(value, str) and self.is_secret_key(key):
            self.add(value, origins.get(value, ""))

    def is_secret_key(self, key: object) -> bool:
        """Whether what stands under ``key`` is hidden."""
        return isinstance(key, str) and (is_secret(key) or folded(key) in self._keys)

    def text(self, text: str) -> str:
        """``text`` with every secret replaced by ``***``; itself where there is none."""
        text = hide_by_key(hide_passwords(text), self.is_secret_key, self._keys)
        if self._pattern is not None and any(word in text for word in self._words):
            text = self._pattern.sub(MASKED, text)
        for each in self._made:
            if each in text:
                text = text.replace(each, MASKED)
        return hide_ends(text, self._words)

    @staticmethod
    def without(text: str, words: Sequence[str]) -> str:
        """``text`` with these words replaced, too, wherever they stand; the longest come first."""
        for word in words:
            text = text.replace(word, MASKED)
        return hide_ends(text, words)

    def reproducible(self, text: str) -> str:
        """``text`` with every secret replaced by the ``$NAME`` it came from."""
        if self._addresses:
            text = _ADDRESS.sub(self._named, text)
        if self._pattern is not None:
            made = map(re.escape, self._made)
            text = "".join(
                self._unquoted(text, re.compile("|".join((self._pattern.pattern, *made))))
            )
        return hide_by_key(hide_passwords(text), self.is_secret_key, self._keys)

    def _unquoted(self, text: str, secrets: re.Pattern[str]) -> Iterator[str]:
        """The parts of a line for a shell: what it is to read stands in no single quotes."""
        quote, done = "", 0
        for match in secrets.finditer(text):
            between = text[done : match.start()]
            quote = _quote_after(between, quote)
            shown = self._names.get(match.group()) or self._made[match.group()]
            is_read = shown.startswith("$") and quote.endswith("'")
            yield f'{between}\'"{shown}"{quote}' if is_read else f"{between}{shown}"
            done = match.end()
        yield text[done:]

    def _named(self, match: re.Match[str]) -> str:
        for place, text, name in self._addresses:
            if place in match[0] and (shown := address_reference(match[0], text, name)):
                return f'"{shown}"'
        return match[0]

    def value(self, value: object, found: set[str] | None = None) -> object:
        """A JSON-like value, masked by key and by value; itself where it has nothing to hide.

        Args:
            value: not changed.
            found: gets the texts that were hidden because of their keys.
        """
        if self._is_innocent(value):
            return value
        return self._hidden(value, found if found is not None else set(), DEEPEST)

    def _is_innocent(self, value: object) -> bool:
        """Whether there is nothing to hide, found in one pass over all texts together."""
        texts, keys = _texts_and_keys(value, numbers=self._has_numbers)
        new = keys - self._innocent_keys
        if any(self.is_secret_key(key) for key in new):
            return False
        if len(self._innocent_keys) < MOST_KEYS:
            self._innocent_keys |= new
        whole = "\n".join((*texts, *map(str, keys)))
        return self.text(whole) == whole

    def _hidden(self, value: object, found: set[str], levels: int) -> object:
        if isinstance(value, str):
            return self.text(value) if len(value) >= SHORTEST else value
        if isinstance(value, Mapping):
            return self._mapping(value, found, levels - 1) if levels else MASKED
        if isinstance(value, list | tuple):
            return self._list(value, found, levels - 1) if levels else MASKED
        if self._has_numbers and isinstance(value, int | Decimal) and str(value) in self._names:
            return MASKED
        return value

    def _mapping(
        self, value: Mapping[object, object], found: set[str], levels: int
    ) -> Mapping[object, object]:
        is_same = True
        hidden: dict[object, object] = {}
        for key, held in value.items():
            shown = self.text(key) if isinstance(key, str) else key
            if is_secret(key) or (self._keys and folded(key) in self._keys):
                kept = _hidden_by_key(key, held, found)
            else:
                kept = self._hidden(held, found, levels)
            is_same = is_same and kept is held and shown is key
            hidden[shown] = kept
        return value if is_same else hidden

    def _list(
        self, value: list[object] | tuple[object, ...], found: set[str], levels: int
    ) -> object:
        hidden = [self._hidden(each, found, levels) for each in value]
        is_same = all(one is other for one, other in zip(hidden, value, strict=True))
        return value if is_same else hidden


def _texts_and_keys(value: object, *, numbers: bool) -> tuple[list[str], set[object]]:
    """Every text below, with ``numbers`` also theirs, and every key.

    Most values are plain ones and this is the hot path: kinds are compared before classes are.
    """
    texts: list[str] = []
    keys: set[object] = set()
    rest = [value]
    while rest:
        each: Any = rest.pop()
        kind = type(each)
        if kind is str:
            texts.append(each)
        elif kind in _SIMPLE:
            texts.extend((str(each),) if numbers else ())
        elif kind is dict or isinstance(each, Mapping):
            keys.update(each)
            rest.extend(each.values())
        elif kind is list or isinstance(each, list | tuple):
            rest.extend(each)
        elif isinstance(each, str) or (numbers and isinstance(each, int | Decimal)):
            texts.append(str(each))
    return texts, keys


def _hidden_by_key(key: object, value: object, found: set[str]) -> object:
    if value is None or isinstance(value, bool) or value == "":
        return value
    if isinstance(value, str):
        found.update(each for each in secrets_under(key, value) if len(each) >= SHORTEST)
    return MASKED


def _quote_after(text: str, quote: str) -> str:
    """Which quote of a shell is open behind a text: ``'``, ``$'``, ``"`` or none."""
    for found in _QUOTE.finditer(text):
        if not quote:
            quote = found[0] if found[0][0] != "\\" else ""
        elif found[0].endswith(quote[-1]) and not (quote != "'" and found[0][0] == "\\"):
            quote = ""
    return quote


def _whole(word: str) -> str:
    """A pattern of the word that is no part of a longer one."""
    before = r"(?<!\w)" if word[0].isalnum() or word[0] == "_" else ""
    after = r"(?!\w)" if word[-1].isalnum() or word[-1] == "_" else ""
    return f"{before}{re.escape(word)}{after}"


def _longest_first(item: tuple[str, str]) -> int:
    return -len(item[0])


def _secrets_of(value: object) -> Iterator[str]:
    """Every secret below, and what basic authentication makes of each (RFC 7617)."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, str):
        for written in secrets_in(value, is_secret):
            yield from {written, unquote(written)}
    else:
        parts = list(_parts(value))
        for part in parts:
            yield from _secrets_of(part)
        passwords = [part.get_secret_value() for part in parts if isinstance(part, SecretStr)]
        users = [part for part in parts if isinstance(part, str)]
        for password in passwords:
            for user in users:
                yield b64encode(f"{user}:{password}".encode()).decode()


def _secret_keys(value: object) -> Iterator[str]:
    pairs: Iterable[tuple[object, object]] = ()
    if isinstance(value, BaseModel):
        pairs = value
    elif isinstance(value, Mapping):
        pairs = value.items()
    for key, held in pairs:
        if isinstance(held, SecretStr):
            yield str(key)
    for part in _parts(value):
        yield from _secret_keys(part)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, BaseModel):
        return [held for _, held in value]
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list | tuple) else ()
