"""The connection of a call: named by ``via``, by its endpoint's service, or the only one."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_orchestra.data.environments import EnvironmentDefinition
from pytest_orchestra.documents.document import Locate
from pytest_orchestra.documents.problems import mistake, suggestion
from pytest_orchestra.errors import BindingError
from pytest_orchestra.model import Problem, SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a call says of its connection.

    Attributes:
        via: the alias.
        credential: ``as``.
        service: the one that the call's endpoint belongs to.
        locate: where parts of the call stand.
    """

    channel: str
    locate: Locate
    via: str | None = None
    credential: str | None = None
    service: str | None = None

    @property
    def alias(self) -> str | None:
        """The connection that is named in one way or the other."""
        return self.via or self.service


def choose_connection(wanted: Wanted, environment: EnvironmentDefinition) -> str:
    """The alias of the connection that a call means.

    Raises:
        BindingError: the environment has none, has several, or has not the one or the credential
            that is named; one problem.
    """
    alias = wanted.alias
    if alias is None:
        alias = _only(environment, wanted.channel, wanted.locate())
    elif alias not in environment.aliases(wanted.channel):
        at = wanted.locate(("via",) if wanted.via else ("endpoint",))
        raise BindingError([_unknown(environment, wanted.channel, alias, at)])
    if wanted.credential is not None:
        _check_credential(environment, wanted, alias, wanted.credential)
    return alias


def _unknown(
    environment: EnvironmentDefinition, channel: str, alias: str, at: SourceLocation
) -> Problem:
    return mistake(
        "unknown-connection",
        f"environment '{environment.name}' has no {channel} connection '{alias}'",
        at=at,
        hint=suggestion(alias, environment.aliases(channel), "It has")
        or f"Add it to {environment.file}.",
    )


def _only(environment: EnvironmentDefinition, channel: str, at: SourceLocation) -> str:
    aliases = environment.aliases(channel)
    if len(aliases) == 1:
        return aliases[0]
    if not aliases:
        problem = mistake(
            "no-connection",
            f"environment '{environment.name}' has no {channel} connection",
            at=at,
            hint=f"Add one to {environment.file}.",
        )
    else:
        problem = mistake(
            "which-connection",
            f"environment '{environment.name}' has {len(aliases)} {channel} connections",
            at=at,
            hint=f"Name one of them with 'via': {', '.join(aliases)}.",
        )
    raise BindingError([problem])


def _check_credential(
    environment: EnvironmentDefinition, wanted: Wanted, alias: str, name: str
) -> None:
    """Compare ``as`` with the connection's credentials, as far as the file can tell."""
    connection = environment.connection(wanted.channel, alias)
    fields = connection.fields if connection is not None else {}
    credentials = fields.get("credentials", {})
    if not isinstance(credentials, dict) or name in credentials:
        return
    if any(sign in str(fields.get("url", "")) for sign in ("${", "@")):
        return  # a URL may bring a credential of its own
    problem = mistake(
        "unknown-credential",
        f"{wanted.channel} connection '{alias}' of environment '{environment.name}'"
        f" has no credential '{name}'",
        at=wanted.locate(("as",)),
        hint=suggestion(name, credentials, "It has") or f"Add it to {environment.file}.",
    )
    raise BindingError([problem])
