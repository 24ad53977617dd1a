"""What the selectors of a call select."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_orchestra.protocols.arrivals.place import Arrival
from pytest_orchestra.protocols.payloads import as_text, encode_headers, text_of
from pytest_orchestra.spi import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a call's ``key``, ``headers`` and ``correlation_id`` select.

    Attributes:
        headers: lower-case name to text; of a name that stands several times one must be it.
    """

    key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, call: Call, correlation_header: str) -> Selection:
        """Read the selectors of a call; what is missing or null selects nothing.

        Raises:
            PayloadError: a value that cannot be text.
        """
        headers = encode_headers(call.fields.get("headers"))
        wanted = {name.lower(): text_of(value) for name, value in headers if value is not None}
        if (correlation := call.fields.get("correlation_id")) is not None:
            wanted[correlation_header.lower()] = as_text(correlation)
        key = call.fields.get("key")
        return cls(key=None if key is None else as_text(key), headers=wanted)

    def matches(self, arrival: Arrival) -> bool:
        """Whether the arrival is selected."""
        if self.key is not None and arrival.key != self.key:
            return False
        sent = {(name.lower(), text) for name, text in arrival.headers} if self.headers else set()
        return all(wanted in sent for wanted in self.headers.items())

    def __str__(self) -> str:
        parts = [f"key {self.key!r}"] if self.key is not None else []
        return " and ".join(parts + [f"{name} {text!r}" for name, text in self.headers.items()])
