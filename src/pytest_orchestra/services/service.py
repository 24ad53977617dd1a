"""What a supervisor is asked to run, as it crosses the pipe to it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal, Self, TypeAlias

ServiceKind: TypeAlias = Literal["postgres", "kafka", "redis", "process"]

TITLES: Mapping[ServiceKind, str] = {
    "postgres": "embedded PostgreSQL",
    "kafka": "embedded Kafka",
    "redis": "embedded Redis",
    "process": "process",
}

PORT = "{port}"
"""Stands for a free port in a command and its environment."""

# Lower case only: a file system that ignores case must not take two services for one.
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One server or process, unique in its session by kind and name.

    Attributes:
        within: seconds from the start to readiness.
        package: folder of the wheel that brings the server; empty where it is imported by name.
        command: of a process; ``{port}`` stands for its port, in ``env`` too.
        env: added to the environment of whoever starts it first.
        ready: of a process, the path that answers 2xx once it is ready.
    """

    kind: ServiceKind
    name: str
    within: float
    package: str = ""
    command: tuple[str, ...] = field(default=(), repr=False)
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str | None = None
    ready: str | None = None

    @property
    def title(self) -> str:
        """How messages call it: ``process 'orders'``."""
        return f"{TITLES[self.kind]} {self.name!r}"

    @property
    def stem(self) -> str:
        """The name of its files without their endings."""
        if _FILE_NAME.fullmatch(self.name):
            return f"{self.kind}-{self.name}"
        return f"{self.kind}-x{hashlib.sha256(self.name.encode()).hexdigest()[:16]}"

    @property
    def has_port(self) -> bool:
        """Whether the command or its environment asks for a port."""
        return any(PORT in text for text in (*self.command, *self.env.values()))

    @property
    def fingerprint(self) -> str:
        """Equal for equal services, however long each asker is ready to wait."""
        fields = {**asdict(self), "within": None}
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> str:
        """Write it for the pipe."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""
        fields = json.loads(text)
        return cls(**{**fields, "command": tuple(fields["command"])})
