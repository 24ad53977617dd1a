"""The session's connections."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.engine.clients import CLOSE_WITHIN, START_WITHIN, Clients
from pytest_orchestra.engine.deadlines import BELT, STOP_WITHIN
from pytest_orchestra.errors import (
    ConfigurationError,
    ConnectorError,
    DefinitionError,
    OrchestraError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.unit.engine.conftest import ClockLoop, MakeEnvironment, Office, Run

    from pytest_orchestra.spi import ProtocolPlugin


@pytest.fixture
def clients(make_environment: MakeEnvironment, protocols: Mapping[str, ProtocolPlugin]) -> Clients:
    """Of the local environment; main works, wrong has a field that does not."""
    environment = make_environment(
        """
        local:
          mail: {main: {url: a}, other: {url: b}, wrong: {url: [a]}, lost: {url: "${env:X}"}}
        """
    )
    return Clients(protocols, environment)


def test_a_connection_is_opened_once(run: Run[object], clients: Clients, office: Office) -> None:
    """By whoever needs it first."""
    first = run(clients.get("mail", "main"))
    assert run(clients.get("mail", "main")) is first
    assert run(clients.get("mail", "other")) is not first
    assert office.asked == [("open", "main"), ("open", "other")]


def test_an_alias_is_needless_where_there_is_one(
    run: Run[object], make_environment: MakeEnvironment, protocols: Mapping[str, ProtocolPlugin]
) -> None:
    """A suite that was bound without an environment names none."""
    assert run(Clients(protocols, make_environment()).get("mail", "")) is not None


def test_who_comes_while_it_opens_waits_for_the_same(
    run: Run[None], clients: Clients, office: Office
) -> None:
    """Also if it fails: nobody waits twice."""

    async def main() -> None:
        office.on_open = lambda *_: asyncio.sleep(1)
        found = await asyncio.gather(*(clients.get("mail", "main") for _ in range(5)))
        assert len({id(each) for each in found}) == 1

        async def fail(*_: object) -> None:
            await asyncio.sleep(1)
            raise ConnectorError("lost", code="mail.lost")

        office.on_open = fail
        errors = await asyncio.gather(
            *(clients.get("mail", "other") for _ in range(5)), return_exceptions=True
        )
        assert [str(each) for each in errors] == ["lost"] * 5
        assert office.number("open") == 2
        office.on_open = None
        assert await clients.get("mail", "other")

    run(main())


async def never(*_: object) -> None:
    await asyncio.Event().wait()


def refuse(*_: object) -> None:
    raise ZeroDivisionError("oh")


@pytest.mark.parametrize(
    ("channel", "alias", "on_open", "error", "text"),
    [
        ("nail", "main", None, ConfigurationError, "is called 'nail'. Did you mean 'mail'?"),
        ("mail", "none", None, ConfigurationError, "environment 'local' has no mail connection"),
        ("mail", "lost", None, ConfigurationError, "the variable X is not set"),
        ("mail", "wrong", None, DefinitionError, "bad-value"),
        (
            "mail",
            "main",
            never,
            ConnectorError,
            "the mail connection 'main' was opened: not done within 3 s",
        ),
        (
            "mail",
            "main",
            refuse,
            ConnectorError,
            "the mail connection 'main' was opened: ZeroDivisionError: oh",
        ),
    ],
)
def test_what_cannot_be_opened_says_why(
    *,
    run: Run[object],
    clients: Clients,
    office: Office,
    channel: str,
    alias: str,
    on_open: Callable[..., object] | None,
    error: type[OrchestraError],
    text: str,
) -> None:
    """By an error of ours."""
    office.on_open = on_open
    with pytest.raises(error) as caught:
        run(clients.get(channel, alias, within=3.0))
    assert text in str(caught.value)


def test_a_server_that_never_starts_is_not_waited_for(
    run: Run[object], loop: ClockLoop, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that starts it may hang."""
    monkeypatch.setattr(loop, "run_in_executor", lambda *_: loop.create_future())
    began = loop.time()
    with pytest.raises(ConnectorError) as caught:
        run(clients.get("mail", "main"))
    assert (
        caught.value.message
        == f"the mail connection 'main' was not ready within {START_WITHIN:g} s"
    )
    assert caught.value.code == "mail.start"
    assert loop.time() - began == pytest.approx(START_WITHIN)


def test_the_last_who_waits_takes_the_attempt_along(
    run: Run[None], loop: ClockLoop, clients: Clients, office: Office
) -> None:
    """Others go on waiting; nothing stays when nobody does."""

    async def main() -> None:
        office.on_open = never
        waiting = [asyncio.create_task(clients.get("mail", "main")) for _ in range(2)]
        await asyncio.sleep(0.1)
        waiting[0].cancel()
        await asyncio.wait(waiting, timeout=0.1)
        assert [each.done() for each in waiting] == [True, False]
        waiting[1].cancel()
        await asyncio.wait(waiting)
        assert asyncio.all_tasks(loop) == {asyncio.current_task()}
        office.on_open = None
        assert await clients.get("mail", "main")

    run(main())


def test_all_are_closed_together(
    run: Run[None], loop: ClockLoop, clients: Clients, office: Office
) -> None:
    """In two seconds at most, whatever they do; nothing can be opened afterwards."""

    async def main() -> None:
        await clients.get("mail", "main")
        await clients.get("mail", "other")
        office.on_close = never
        await clients.close()

    began = loop.time()
    run(main())
    assert loop.time() - began == pytest.approx(CLOSE_WITHIN)
    assert office.number("close") == 2
    with pytest.raises(ConfigurationError, match="the session is over"):
        run(clients.get("mail", "main"))


def test_a_close_that_raises_is_no_trouble(
    run: Run[object], clients: Clients, office: Office
) -> None:
    """The session is over."""
    run(clients.get("mail", "main"))
    office.on_close = refuse
    run(clients.close())
    run(clients.close())
    assert office.number("close") == 1


def test_what_is_being_opened_when_the_session_ends_is_not(
    run: Run[None], loop: ClockLoop, clients: Clients, office: Office
) -> None:
    """Who waits for it hears of that."""

    async def main() -> None:
        office.on_open = never
        waiting = asyncio.create_task(clients.get("mail", "main"))
        await asyncio.sleep(0.1)
        await clients.close()
        with pytest.raises(ConfigurationError, match="'main' was not opened"):
            await waiting
        assert asyncio.all_tasks(loop) == {asyncio.current_task()}

    run(main())


def test_a_client_that_opens_although_it_was_cancelled_is_closed(
    run: Run[None], clients: Clients, office: Office
) -> None:
    """Nothing stays open."""

    async def stubborn(*_: object) -> None:
        try:
            await never()
        except asyncio.CancelledError:
            await asyncio.sleep(STOP_WITHIN / 2)

    async def main() -> None:
        office.on_open = stubborn
        with pytest.raises(ConnectorError):
            await clients.get("mail", "main", within=1.0)
        await asyncio.sleep(BELT)
        await clients.close()

    run(main())
    assert office.number("open") == office.number("close")
