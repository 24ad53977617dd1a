"""Keys whose values are secret, and the texts below such a key that are secret by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

MOST_KEYS = 4096
"""Keys that are remembered."""

STEMS = ("auth", "cookie", "key", "pass", "pwd", "secret", "token")
"""One of these is in every secret key."""

_KEYS = frozenset({
    "apikey", "authorization", "cookie", "passphrase", "passwd", "password", "privatekey",
    "proxyauthorization", "pwd", "secret", "setcookie", "token",
})  # fmt: skip
_KEY_ENDS = (
    "accesstoken", "apikey", "apitoken", "authtoken", "bearertoken", "idtoken", "passwd",
    "password", "privatekey", "refreshtoken", "secret", "secretkey", "sessiontoken",
)  # fmt: skip

_SENT_COOKIE = re.compile(r"[^=;\s]+=([^;]+)")
_SET_COOKIE = re.compile(r"(?:^|, )[^=;,\s]+=([^;]+)")
_CREDENTIALS = re.compile(r"^\S+\s+(\S.*)")
_PARTS = {
    "cookie": _SENT_COOKIE,
    "setcookie": _SET_COOKIE,
    "authorization": _CREDENTIALS,
    "proxyauthorization": _CREDENTIALS,
}
"""Where the secret stands in a header (RFC 6265, 4.1 and 4.2; RFC 9110, 11.4)."""


@lru_cache(maxsize=MOST_KEYS)
def is_secret(key: object) -> bool:
    """Whether what stands under the key is hidden, whoever uses it."""
    name = folded(key)
    return name in _KEYS or name.endswith(_KEY_ENDS)


@lru_cache(maxsize=MOST_KEYS)
def folded(key: object) -> str:
    """The key in lower case, without the signs that join words."""
    return str(key).lower().replace("-", "").replace("_", "")


def secrets_under(key: object, text: str) -> Iterator[str]:
    """The text, and of a header what of it people copy: a cookie's value, a token."""
    yield text
    if (parts := _PARTS.get(folded(key))) is not None:
        yield from parts.findall(text)
