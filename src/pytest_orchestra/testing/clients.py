"""What a plugin's client does, against a system that works and against none.

In come a plugin, a connection and calls, out comes nothing or an AssertionError.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from time import monotonic
from typing import TypeVar

from pydantic import BaseModel, SecretStr

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.results import Evidence
from pytest_orchestra.spi import (
    SURE_WITHIN,
    Call,
    Client,
    FieldUse,
    Observation,
    ProtocolPlugin,
    Watch,
)
from pytest_orchestra.testing.plugins import settle

T = TypeVar("T")

GRACE = 0.75
"""Seconds that a verb may take longer than its deadline."""
EVERY = 0.05
"""Seconds between two looks that see nothing."""
SHORT = 0.2
"""Seconds of a look that is expected to see nothing."""
MOST_PASSED_BY = 20
"""What ``Watch.passed_by`` gives at most."""


async def check_client(
    plugin: ProtocolPlugin,
    connection: BaseModel,
    *,
    act: Call | None = None,
    watch: Call | None = None,
) -> None:
    """Check a client against a system that works.

    Arms for ``watch``, does ``act``, looks: what came after the arming is seen, once, with declared
    roots; a later arming does not see it; deadlines hold; closing twice is harmless.

    Args:
        plugin: whose client is opened.
        connection: to a real server.
        act: a call that succeeds and, with ``watch``, brings something that ``watch`` selects.
        watch: a call that an assertion makes; its ``within`` bounds the wait.

    Raises:
        AssertionError: with one line for each breach.
    """
    client = await plugin.step_executor.open("contract", connection)
    breaches: list[str] = []
    try:
        position = await client.arm(_addresses(plugin, watch)) if watch else None
        if act:
            breaches += _observation(plugin, await _timed(client.act(act), act.within, "act"))
            breaches += _reproduces(client, act, "act")
        if watch:
            breaches += _reproduces(client, watch, "watch")
            breaches += await _watches(plugin, client, watch, position)
    finally:
        breaches += await _closes(client)
    settle(breaches)


async def check_lost_connection(
    plugin: ProtocolPlugin,
    connection: BaseModel,
    *,
    act: Call | None = None,
    watch: Call | None = None,
) -> None:
    """Check a client against an address where nobody listens, or where nobody answers.

    Every verb ends within its deadline and raises nothing but ``ConnectorError``, whose code
    begins with the plugin's id and whose text shows no secret; ``act`` must raise it. Any other
    exception comes through.

    Args:
        plugin: whose client is opened.
        connection: to such an address.
        act: a call that an action makes.
        watch: a call that an assertion makes.

    Raises:
        AssertionError: with one line for each breach.
    """
    within = max(call.within for call in (act, watch, Call(fields={}, within=SHORT)) if call)
    hidden = _secrets(connection)
    opening = plugin.step_executor.open("lost", connection)
    client, breaches = await _lost(plugin, opening, within, hidden)
    if client:
        if act:
            reply, more = await _lost(plugin, client.act(act), act.within, hidden)
            breaches += [*more, *(["act gave a reply of nobody"] if reply else [])]
        if watch:
            arming = client.arm(_addresses(plugin, watch))
            position, more = await _lost(plugin, arming, watch.within, hidden)
            look = client.watch(watch, position).look(SHORT)
            breaches += [*more, *(await _lost(plugin, look, SHORT + SURE_WITHIN, hidden))[1]]
        breaches += await _closes(client)
    settle(breaches)


def _addresses(plugin: ProtocolPlugin, call: Call) -> Call:
    """Give the call as an arming gets it: the addresses, nothing that is rendered later."""
    names = {field.name for field in plugin.call_fields if field.use is FieldUse.ADDRESS}
    fields = {name: value for name, value in call.fields.items() if name in names}
    return replace(call, fields=fields)


async def _watches(
    plugin: ProtocolPlugin, client: Client, call: Call, position: object
) -> list[str]:
    watch = client.watch(call, position)
    seen = await _until_seen(watch, call.within)
    breaches = [line for one in seen for line in _observation(plugin, one)]
    if not seen:
        breaches.append(f"what came after the arming was not seen within {call.within} s")
    if "\n" in watch.seen():
        breaches.append("seen() is not one line of text")
    if len(watch.passed_by()) > MOST_PASSED_BY:
        breaches.append(f"passed_by() gives more than {MOST_PASSED_BY}")
    if not watch.standing:
        breaches += await _no_repeats(plugin, client, call, watch, {one.id for one in seen})
    return breaches


async def _until_seen(watch: Watch, within: float) -> Sequence[Observation]:
    end = monotonic() + within
    while (left := end - monotonic()) > 0:
        seen = await _timed(watch.look(left), left + SURE_WITHIN, "look")
        if seen:
            return seen
        await asyncio.sleep(EVERY)
    return ()


async def _no_repeats(
    plugin: ProtocolPlugin, client: Client, call: Call, watch: Watch, ids: set[str]
) -> list[str]:
    """A message is given once by its own watch, and never by one that was armed after it."""
    breaches = ["an observation of a stream has no id"] if "" in ids else []
    again = {one.id for one in await _timed(watch.look(SHORT), SHORT + SURE_WITHIN, "look")}
    breaches += [f"{one} was given twice" for one in sorted(ids & again)]
    later = client.watch(call, await client.arm(_addresses(plugin, call)))
    early = {one.id for one in await _timed(later.look(SHORT), SHORT + SURE_WITHIN, "look")}
    breaches += [f"{one} came before the arming and was given" for one in sorted(ids & early)]
    return breaches


def _observation(plugin: ProtocolPlugin, seen: Observation) -> Iterator[str]:
    for name in sorted(set(seen.roots) - set(plugin.roots)):
        yield f"root {name!r} is not declared in the plugin's roots"
    shown = (seen.roots, seen.value, seen.headers, _plain(seen.evidence))
    if not all(_is_json_like(value) for value in shown):
        yield "an observation holds values that are not JSON-like"


def _plain(evidence: Evidence) -> dict[str, object]:
    return {name: getattr(evidence, name) for name in Evidence.__slots__}


def _is_json_like(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _is_json_like(part) for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return all(map(_is_json_like, value))
    return value is None or isinstance(value, (bool, int, float, Decimal, str))


def _reproduces(client: Client, call: Call, name: str) -> Iterator[str]:
    line = client.reproduce(call)
    if not line or not line.strip():
        yield f"reproduce({name}) gives no text"


async def _closes(client: Client) -> list[str]:
    breaches = []
    for time in ("the first", "the second"):
        try:
            await client.close()
        except Exception as error:  # noqa: BLE001  a close that raises is what is looked for
            breaches.append(f"close raised {type(error).__name__} {time} time")
    return breaches


async def _timed(verb: Awaitable[T], within: float, name: str) -> T:
    try:
        async with asyncio.timeout(within + GRACE):
            return await verb
    except TimeoutError as error:
        message = f"{name} took longer than its {within:g} s"
        raise AssertionError(message) from error


async def _lost(
    plugin: ProtocolPlugin, verb: Awaitable[T], within: float, hidden: Sequence[str]
) -> tuple[T | None, list[str]]:
    """Give the verb's result, None if it raised, and what was wrong with how it raised."""
    try:
        return await _timed(verb, within, "a verb on a lost connection"), []
    except ConnectorError as error:
        return None, list(_connector_error(plugin, error, hidden))


def _connector_error(
    plugin: ProtocolPlugin, error: ConnectorError, hidden: Sequence[str]
) -> Iterator[str]:
    if not error.code.startswith(f"{plugin.id}."):
        yield f"the error's code {error.code!r} does not begin with '{plugin.id}.'"
    if any(secret in f"{error} {error!r}" for secret in hidden):
        yield "the error's text shows a secret of the connection"


def _secrets(value: object) -> list[str]:
    """Give every secret text in a connection, however deep."""
    if isinstance(value, SecretStr):
        return [value.get_secret_value()]
    if isinstance(value, BaseModel):
        return _secrets([getattr(value, name) for name in type(value).model_fields])
    if isinstance(value, Mapping):
        return _secrets(list(value.values()))
    if isinstance(value, (list, tuple)):
        return [secret for part in value for secret in _secrets(part)]
    return []
