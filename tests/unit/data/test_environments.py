"""Environment files as written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.data.environments import FILE_NAME, find_environments, read_environments

Write = Callable[[str, str], Path]
Refused = Callable[[Callable[[], object]], list[str]]

CHANNELS = {
    "http": frozenset(("url", "credentials")),
    "db": frozenset(("url", "default_schema")),
    "kafka": frozenset(("bootstrap_servers", "security")),
}

YAML = """\
x-shared: &main {url: "${env:DATABASE_URL}"}
staging:
  protected: true
  tenant: acme
  vars: {region: eu, x-kept: 1}
  env_file: .env.staging
  http: {orders: {url: "${env:ORDERS_URL}", credentials: {admin: {bearer: "${env:T}"}}}, bank: {}}
  db: {main: *main}
local:
  db: {main: {embedded: true, x-note: mine}, x-old: {zzz: 1}}
  kafka: {main: {embedded: true, enabled: "${env:WITH_KAFKA:-true}"}}
"""


def test_environments_of_a_yaml_file(write: Write) -> None:
    path = write(FILE_NAME, YAML)
    found = read_environments(path, channels=CHANNELS)
    assert list(found) == ["staging", "local"]
    staging, local = found.values()
    assert (staging.protected, staging.tenant, staging.env_file) == (True, "acme", ".env.staging")
    assert staging.variables == {"region": "eu", "x-kept": 1}
    assert (staging.file, str(staging.location)) == (path, f"{path}:2:1")
    assert staging.aliases("http") == ("orders", "bank")
    assert staging.aliases("kafka") == ()
    assert (local.protected, local.tenant, local.env_file) == (False, "default", None)
    main = local.connection("db", "main")
    assert main is not None
    assert (main.fields, main.embedded, main.enabled) == ({}, True, True)
    assert local.aliases("db") == ("main",)
    broker = local.connection("kafka", "main")
    assert broker is not None
    assert broker.enabled == "${env:WITH_KAFKA:-true}"
    assert local.connection("db", "other") is None


def test_references_stay_references_and_know_their_place(write: Write) -> None:
    path = write(FILE_NAME, YAML)
    orders = read_environments(path, channels=CHANNELS)["staging"].connection("http", "orders")
    assert orders is not None
    assert orders.fields["url"] == "${env:ORDERS_URL}"
    assert str(orders.locate()) == f"{path}:7:18"
    assert str(orders.locate(("credentials", "admin", "bearer"))) == f"{path}:7:75"
    assert "ORDERS_URL" not in repr(orders)


def test_environments_of_pyproject(write: Write) -> None:
    text = """\
[project]
name = "x"
[tool.orchestra.environments.local]
protected = false
[tool.orchestra.environments.local.db.main]
embedded = true
"""
    path = write("pyproject.toml", text)
    local = read_environments(path, channels=CHANNELS)["local"]
    assert local.location.line == 3
    main = local.connection("db", "main")
    assert main is not None
    assert main.embedded is True
    assert main.locate().line == 5


def test_all_mistakes_come_together(write: Write, refused: Refused) -> None:
    text = """\
a:
  protected: yes
  tenat: acme
  htp: {orders: {url: u}}
b:
  http: {orders: {ulr: u, credentials: {}}, bank: "http://u:hunter2@h"}
  db: [main]
  kafka: {main: {enabled: yes, embedded: 1}}
  stub: {bank: {listen: x}}
  grpc: {s: {url: u}}
  vars: []
c:
"""
    path = write(FILE_NAME, text)
    assert refused(lambda: read_environments(path, channels=CHANNELS)) == [
        (
            f"{FILE_NAME}:2:14: error[bad-value] expected true or false, found text 'yes'."
            " Write true or false, without quotes."
        ),
        f"{FILE_NAME}:11:9: error[bad-value] expected a mapping, found a list",
        f"{FILE_NAME}:12:3: error[bad-value] expected a mapping, found nothing",
    ]
    path = write(FILE_NAME, text.replace("yes\n", "true\n").replace("  vars: []\nc:\n", ""))
    assert refused(lambda: read_environments(path, channels=CHANNELS)) == [
        (
            f"{FILE_NAME}:3:3: error[unknown-key] 'tenat' is neither a channel nor a key of an"
            " environment. Did you mean 'tenant'?"
        ),
        (
            f"{FILE_NAME}:4:3: error[unknown-key] 'htp' is neither a channel nor a key of an"
            " environment. Did you mean 'http'?"
        ),
        (
            f"{FILE_NAME}:6:19: error[unknown-key] a http connection has no field 'ulr'."
            " Did you mean 'url'?"
        ),
        (
            f"{FILE_NAME}:6:51: error[bad-value] expected the fields of a connection,"
            " found another value"
        ),
        f"{FILE_NAME}:7:7: error[bad-value] expected the db connections by alias, found a list",
        f"{FILE_NAME}:8:27: error[bad-value] expected true or false, found text 'yes'",
        f"{FILE_NAME}:8:42: error[bad-value] expected true or false, found number 1",
        f"{FILE_NAME}:9:3: error[not-yet] the channel 'stub' is not there yet. Leave it out.",
        f"{FILE_NAME}:10:3: error[not-yet] the channel 'grpc' is not there yet. Leave it out.",
    ]


@pytest.mark.parametrize("text", ["", "[]", "x-a: 1\n", "{}"])
def test_a_file_without_environments(write: Write, refused: Refused, text: str) -> None:
    path = write(FILE_NAME, text)
    (line,) = refused(lambda: read_environments(path, channels=CHANNELS))
    assert "error[no-environments] no environments are defined here. Define one" in line


def test_a_pyproject_without_environments(write: Write, refused: Refused) -> None:
    path = write("pyproject.toml", "[tool.other]\n")
    (line,) = refused(lambda: read_environments(path, channels=CHANNELS))
    assert "error[no-environments]" in line


def test_the_nearest_file_is_found(tmp_path: Path, write: Write) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert find_environments(inner, tmp_path) is None
    write("pyproject.toml", "[tool.other]\n")
    assert find_environments(inner, tmp_path) is None
    top = write("pyproject.toml", "[tool.orchestra.environments.local]\n")
    assert find_environments(inner, tmp_path) == top
    assert find_environments(inner, tmp_path / "a") is None
    own = write(FILE_NAME, "local: {}\n")
    assert find_environments(inner, tmp_path) == own
    near = write(f"a/{FILE_NAME}", "local: {}\n")
    assert find_environments(inner, tmp_path) == near
