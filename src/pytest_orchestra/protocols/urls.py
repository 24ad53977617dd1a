"""Addresses with credentials in them are taken apart, so that nothing prints a password."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A URL, decoded.

    Attributes:
        user, password: None where the URL has none.
        path: without the first slash.
        options: what stood after the ``?``.
    """

    scheme: str
    hosts: str
    path: str = ""
    user: str | None = None
    password: str | None = None
    options: tuple[tuple[str, str], ...] = ()

    def url(self, *, user: str | None = None, password: str | None = None) -> str:
        """Give the URL with these credentials, percent-encoded, and no others."""
        secret = "" if password is None else f":{quote(password, safe='')}"
        at = f"{quote(user or '', safe='')}{secret}@" if user or secret else ""
        options = "&".join(f"{name}={quote(value, safe='/')}" for name, value in self.options)
        path = f"/{quote(self.path)}" if self.path else ""
        return f"{self.scheme}://{at}{self.hosts}{path}" + (f"?{options}" if options else "")


def take_apart(url: str) -> Address:
    """Decode a URL; of several hosts (libpq) none is looked at.

    Raises:
        ValueError: it is no URL; the text does not show it.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if not parts.scheme or not url.strip().startswith(f"{parts.scheme}://"):
        raise ValueError("the url is not like scheme://user:password@host:port/name")
    credentials, at, hosts = parts.netloc.rpartition("@")
    user, colon, password = credentials.partition(":")
    return Address(
        scheme=parts.scheme,
        hosts=hosts,
        path=unquote(parts.path.removeprefix("/")),
        user=unquote(user) if at and user else None,
        password=unquote(password) if colon else None,
        options=tuple(parse_qsl(parts.query, keep_blank_values=True)),
    )
