"""Keeps secrets out of everything that leaves the engine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from pydantic import BaseModel, SecretStr

MASKED = "***"
SHORTEST = 6
"""Shorter secret values are masked by key only: as words they would blot out innocent text."""

_URL_PASSWORD = re.compile(r"://[^/@:]*:([^/@]+)@")

_KEYS = frozenset({
    "access_token", "api-key", "api_key", "apikey", "authorization", "client-secret",
    "client_secret", "cookie", "id_token", "passwd", "password", "private_key",
    "proxy-authorization", "refresh_token", "secret", "set-cookie", "x-api-key", "x-auth-token",
})  # fmt: skip


@dataclass(slots=True)
class Mask:
    """Knows the session's secret values; grows as connections are resolved.

    Attributes:
        names: secret value to the ``$NAME`` that it came from.
    """

    names: dict[str, str] = field(default_factory=dict, repr=False)
    _origins: dict[str, str] = field(default_factory=dict, repr=False)
    _pattern: re.Pattern[str] | None = field(default=None, repr=False)

    def add(self, value: str, name: str = "") -> None:
        """Remember a secret; ``name`` is the variable or file that it came from."""
        if len(value) >= SHORTEST and value not in self.names:
            self.names[value] = f"${name}" if name else MASKED
            words = sorted(self.names, key=len, reverse=True)
            either = "|".join(re.escape(word) for word in words)
            self._pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)")

    def remember_origin(self, text: str, name: str) -> None:
        """Note which variable or file a text came from; that alone makes it no secret."""
        self._origins[text] = name

    def learn(self, connection: BaseModel) -> None:
        """Remember the secrets of a connection: its secret fields, and passwords in its URLs."""
        for secret in _secrets_of(connection):
            self.add(secret, self._origins.get(secret, ""))

    def text(self, text: str) -> str:
        """``text`` with every secret replaced by ``***``."""
        return self._pattern.sub(MASKED, text) if self._pattern else text

    def reproducible(self, text: str) -> str:
        """``text`` with every secret replaced by the ``$NAME`` it came from."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: self.names[match.group()], text)

    def value(self, value: object) -> object:
        """A JSON-like value, masked by key and by value; shares what has nothing to hide."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                self.value(key): MASKED if _is_secret(key) and held else self.value(held)
                for key, held in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        return value


def _secrets_of(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, str):
        if (found := _URL_PASSWORD.search(value)) is not None:
            yield value
            yield from {found[1], unquote(found[1])}
    else:
        for held in _parts(value):
            yield from _secrets_of(held)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, BaseModel):
        return (held for _, held in value)
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else ()


def _is_secret(key: object) -> bool:
    return isinstance(key, str) and key.lower() in _KEYS
