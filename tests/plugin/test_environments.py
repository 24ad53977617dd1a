"""Which environment a session runs against, and what a conftest may do to it."""

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest

Write = Callable[..., None]

TWO = """
staging: {http: {orders: {url: "http://127.0.0.1:9"}}}
local: {vars: {region: eu}, http: {orders: {url: "http://127.0.0.1:9"}}}
"""
CALL = """
process: order.bpmn
python: shop_steps.py
data: {files: data.yaml}
scenarios: {mark: {main: {data: small}, amount-high: {data: large}}}
steps:
  - at: Ship order
    action: {channel: http, endpoint: "orders GET /orders"}
    expect: {status: 200, contract: off}
"""
WHICH = """
import pytest_orchestra as orchestra

@orchestra.step("Check order")
def check(orchestra_environment):
    print("against", orchestra_environment.name or "nothing")
"""


class Orders(http.server.BaseHTTPRequestHandler):
    """Answers every request."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def orders_url() -> Iterator[str]:
    """Where a service of orders is."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Orders) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def against(shop: pytest.Pytester, write: Write) -> Callable[..., list[str]]:
    """Run with two environments and give those that scenarios ran against."""
    write(shop_steps__py=WHICH, orchestra__environments__yaml=TWO)

    def run(*arguments: str) -> list[str]:
        result = shop.runpytest("-s", *arguments)
        assert result.ret == 0
        return [line.split()[-1] for line in result.outlines if "against" in line]

    return run


def add_to_suite(shop: pytest.Pytester, line: str) -> None:
    path = shop.path / "order.suite.yaml"
    path.write_text(f"{path.read_text('utf-8')}{line}\n", encoding="utf-8")


def test_the_command_line_comes_before_the_suite_and_that_before_the_ini_file(
    shop: pytest.Pytester, against: Callable[..., list[str]]
) -> None:
    """Whoever is nearest to the user says which environment it is."""
    assert against() == ["nothing", "nothing"]
    shop.makeini(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\norchestra_env = staging\n"
    )
    assert against() == ["staging", "staging"]
    add_to_suite(shop, "environment: local")
    assert against() == ["local", "local"]
    assert against("--orchestra-env=staging") == ["staging", "staging"]
    assert against("--orchestra-env=staging", "-n", "2") == []


def test_the_only_environment_needs_no_name(
    shop: pytest.Pytester, write: Write, against: Callable[..., list[str]]
) -> None:
    """Also from pyproject.toml."""
    write(orchestra__environments__yaml="dev: {vars: {a: b}}\n")
    assert against() == ["dev", "dev"]
    (shop.path / "orchestra.environments.yaml").unlink()
    write(pyproject__toml="[tool.orchestra.environments.toml]\nvars = {a = 'b'}\n")
    assert against() == ["toml", "toml"]


def test_a_choice_that_nobody_made_is_refused(shop: pytest.Pytester, write: Write) -> None:
    """A suite that calls something must not run against just any environment."""
    write(order__suite__yaml=CALL, orchestra__environments__yaml=TWO)
    result = shop.runpytest()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            (
                "order.suite.yaml: no environment is chosen, and there are several: staging, local."
                " Write 'environment: NAME' in the suite, or add --orchestra-env=NAME."
            )
        ]
    )


@pytest.mark.parametrize(
    ("arguments", "line", "message"),
    [
        (
            ("--orchestra-env=stagign",),
            "",
            (
                "--orchestra-env: there is no environment 'stagign' in orchestra.environments.yaml."
                " Did you mean 'staging'?"
            ),
        ),
        (
            (),
            "environment: stagign",
            (
                "order.suite.yaml:10:14: there is no environment 'stagign' in"
                " orchestra.environments.yaml. Did you mean 'staging'?"
            ),
        ),
        (
            ("-o", "orchestra_env=nowhere"),
            "",
            (
                "tox.ini: orchestra_env: there is no environment 'nowhere' in"
                " orchestra.environments.yaml. It has: local, staging."
            ),
        ),
    ],
    ids=["command line", "suite", "ini"],
)
def test_an_unknown_environment_is_refused_where_it_was_named(
    shop: pytest.Pytester, write: Write, arguments: tuple[str, ...], line: str, message: str
) -> None:
    """With the nearest name that there is."""
    write(orchestra__environments__yaml=TWO)
    add_to_suite(shop, line)
    result = shop.runpytest(*arguments)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert message in result.outlines


def test_a_protected_environment_needs_permission(shop: pytest.Pytester, write: Write) -> None:
    """Not for looking; and the rerun line gives it again."""
    write(orchestra__environments__yaml="production: {protected: true, vars: {a: b}}\n")
    refused = shop.runpytest()
    assert refused.ret == pytest.ExitCode.INTERRUPTED
    refused.stdout.fnmatch_lines(
        [
            (
                "orchestra.environments.yaml:1:1: environment 'production' is protected."
                " Add --orchestra-allow-protected if you mean it."
            )
        ]
    )
    assert shop.runpytest("--collect-only").ret == 0
    shop.runpytest("--orchestra-allow-protected").assert_outcomes(passed=2)
    shop.runpytest("-o", "orchestra_allow_protected=true").assert_outcomes(passed=2)


def test_suites_of_two_environments_are_refused(shop: pytest.Pytester, write: Write) -> None:
    """A session has one environment; what to do instead is said."""
    write(
        orchestra__environments__yaml=TWO,
        stock__suite__yaml="{process: order.bpmn, environment: staging}\n",
    )
    add_to_suite(shop, "environment: local")
    result = shop.runpytest()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            (
                "the suites of this session name two environments: 'local'"
                " (orchestra.environments.yaml:3:1) and 'staging'"
                " (orchestra.environments.yaml:2:1)."
                " Choose one with --orchestra-env, or run the suites one after the other."
            )
        ]
    )
    assert shop.runpytest("--orchestra-env=local").ret == 0


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_conftest_wraps_the_environment(
    shop: pytest.Pytester, write: Write, orders_url: str, kind: str
) -> None:
    """It overrides where a service is, by a fixture of either kind."""
    fixture = {
        "sync": 'import pytest\n@pytest.fixture(scope="session")\ndef',
        "async": (
            'import pytest_asyncio\n@pytest_asyncio.fixture(scope="session",'
            ' loop_scope="session")\nasync def'
        ),
    }[kind]
    write(
        conftest__py=f"{fixture} orchestra_environment(orchestra_environment):\n"
        f"    return orchestra_environment.override('http', 'orders', url='{orders_url}')\n",
        order__suite__yaml=CALL,
    )
    shop.runpytest("-W", "error").assert_outcomes(passed=2)
    write(orchestra__environments__yaml=TWO)
    shop.runpytest("--orchestra-env=local").assert_outcomes(passed=2)


def test_a_conftest_that_forgets_to_return_the_environment_is_told(
    shop: pytest.Pytester, write: Write
) -> None:
    """The text alone: what to return."""
    write(
        conftest__py="""
        import pytest

        @pytest.fixture(scope="session")
        def orchestra_environment(orchestra_environment):
            orchestra_environment.override("http", "orders", url="http://127.0.0.1:9")
        """
    )
    result = shop.runpytest("-k", "main")
    result.assert_outcomes(errors=1, deselected=1)
    result.stdout.fnmatch_lines(
        ["the fixture 'orchestra_environment' gave NoneType, no environment. Let the conftest *"]
    )
    assert "Traceback" not in result.stdout.str()
    assert "driving.py" not in result.stdout.str()


def test_an_error_in_a_conftest_says_which_line_asked(shop: pytest.Pytester, write: Write) -> None:
    """The text alone, and the line of the user's own."""
    write(
        conftest__py="""
        import pytest

        @pytest.fixture(scope="session")
        def orchestra_environment(orchestra_environment):
            orchestra_environment.connection("db")
            return orchestra_environment
        """,
        orchestra__environments__yaml="local: {http: {orders: {url: 'http://127.0.0.1:9'}}}\n",
    )
    result = shop.runpytest("-k", "main")
    result.assert_outcomes(errors=1, deselected=1)
    result.stdout.fnmatch_lines(
        [
            "environment 'local' has no db connection. Define one.",
            "asked for by conftest.py:6 in orchestra_environment",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_an_ordinary_test_asks_for_the_environment(
    shop: pytest.Pytester, write: Write, orders_url: str
) -> None:
    """And for its clients, where there is no suite at all."""
    write(
        orchestra__environments__yaml=f"""
        local: {{vars: {{region: eu}}, http: {{orders: {{url: "{orders_url}"}}}}}}
        """,
        test_own__py="""
        import pytest
        from pytest_orchestra.errors import ConfigurationError

        def test_variables(orchestra_environment):
            assert orchestra_environment.name == "local"
            assert orchestra_environment.variables["region"] == "eu"

        def test_what_is_not_there(orchestra_environment):
            with pytest.raises(ConfigurationError, match="has no http connection 'stock'"):
                orchestra_environment.connection("http", "stock")

        def test_a_failure_keeps_its_traceback(orchestra_environment):
            orchestra_environment.connection("http", "stock")

        @pytest.mark.asyncio(loop_scope="session")
        async def test_clients(orchestra_clients):
            assert await orchestra_clients.get("http", "orders")
            assert await orchestra_clients.get("http", "")
        """,
    )
    result = shop.runpytest("test_own.py", "-W", "error")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(['>*orchestra_environment.connection("http", "stock")'])


def test_an_ordinary_test_cannot_ask_for_an_environment_that_is_not_there(
    shop: pytest.Pytester, write: Write
) -> None:
    """By its text, without a traceback of ours; a protected one is refused as well."""
    write(
        test_own__py="def test_own(orchestra_environment): pass",
        orchestra__environments__yaml="live: {protected: true, vars: {a: b}}\n",
    )
    result = shop.runpytest("test_own.py", "--orchestra-env=nix")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["--orchestra-env: there is no environment 'nix' in *"])
    assert "Traceback" not in result.stdout.str()
    shop.runpytest("test_own.py").stdout.fnmatch_lines(["*environment 'live' is protected*"])


def test_variables_come_from_a_file_where_the_process_has_none(
    shop: pytest.Pytester, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``env_file`` stands in for what is not set."""
    write(
        orchestra__environments__yaml="""
        local:
          env_file: .env.local
          vars: {region: "${env:SHOP_TEST_REGION}", zone: "${env:SHOP_TEST_ZONE}"}
        """,
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(orchestra_context):
            assert dict(orchestra_context.variables) == {"region": "eu", "zone": "b"}
        """,
    )
    missing = shop.runpytest("-k", "main")
    missing.assert_outcomes(errors=1, deselected=1)
    missing.stdout.fnmatch_lines(
        [
            (
                "orchestra.environments.yaml:2:1: env_file: .env.local is not there."
                " Copy it there, or leave out 'env_file'."
            )
        ]
    )
    (shop.path / ".env.local").write_text("SHOP_TEST_REGION=eu\nSHOP_TEST_ZONE=a\n", "utf-8")
    monkeypatch.setenv("SHOP_TEST_ZONE", "b")
    shop.runpytest().assert_outcomes(passed=2)


def test_secrets_come_from_files(shop: pytest.Pytester, write: Write) -> None:
    """``${file:PATH}``, from the folder of the environment file; a missing one is named."""
    write(
        orchestra__environments__yaml="local: {vars: {region: '${file:region.txt}'}}\n",
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(orchestra_context):
            assert orchestra_context.variables["region"] == "eu"
        """,
    )
    missing = shop.runpytest("-k", "main")
    missing.stdout.fnmatch_lines(["*orchestra.environments.yaml:1*the file region.txt cannot*"])
    write(region__txt="eu\n")
    shop.runpytest().assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("switch", "value"), [("false", ""), ('"${env:WITH_ORDERS:-true}"', "off")]
)
def test_scenarios_that_need_a_disabled_connection_are_skipped(
    shop: pytest.Pytester,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    switch: str,
    value: str,
) -> None:
    """With the reason, by a word in the file or by a variable; others run."""
    monkeypatch.setenv("WITH_ORDERS", value)
    write(
        orchestra__environments__yaml=f"""
        local: {{http: {{orders: {{url: "http://127.0.0.1:9", enabled: {switch}}}}}}}
        """,
        order__suite__yaml=CALL.replace("Ship", "Approve"),
    )
    result = shop.runpytest("-rs")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(
        ["SKIPPED*http connection 'orders' of environment 'local' is disabled"]
    )


def test_a_switch_that_is_neither_on_nor_off_is_refused(
    shop: pytest.Pytester, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it stands."""
    monkeypatch.setenv("WITH_ORDERS", "perhaps")
    write(
        orchestra__environments__yaml="""
        local: {http: {orders: {url: "http://127.0.0.1:9", enabled: "${env:WITH_ORDERS}"}}}
        """,
        order__suite__yaml=CALL,
    )
    result = shop.runpytest("-k", "main")
    result.assert_outcomes(errors=1, deselected=1)
    result.stdout.fnmatch_lines(
        ["orchestra.environments.yaml:2:*: 'enabled' is 'perhaps'. Make it true or false."]
    )


def test_every_name_of_a_foreign_connections_field_is_known(
    shop: pytest.Pytester, write: Write
) -> None:
    """A plugin's model may give its fields other names than Python's."""
    write(
        orchestra__environments__yaml="""
        local: {pigeon: {loft: {class: racing, town: Riga, street: [Elm], number: 5}}}
        """,
        pigeons__py="""
        from typing import Annotated
        from pydantic import AliasChoices, AliasPath, BaseModel, Field

        class Loft(BaseModel):
            kind: str = Field(alias="class")
            place: str = Field(validation_alias=AliasChoices("town", AliasPath("city", 0)))
            first: str = Field(validation_alias=AliasPath("street", 0))
            number: int

        class Plugin:
            id = "pigeon"
            channel = "PIGEON"
            roots = {}
            call_fields = ()
            connection_model = Loft
            spec_parser = endpoint_matcher = contract_validator = embedded = None

        plugin = Plugin()
        """,
        conftest__py="""
        import pytest

        @pytest.fixture(scope="session")
        def orchestra_environment(orchestra_environment):
            loft = orchestra_environment.connection("pigeon", "loft")
            assert (loft.kind, loft.place, loft.first, loft.number) == ("racing", "Riga", "Elm", 5)
            return orchestra_environment
        """,
    )
    installed = shop.path / "pigeons-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Name: pigeons\nVersion: 1.0\n", "utf-8")
    (installed / "entry_points.txt").write_text(
        "[pytest_orchestra.protocols]\npigeon = pigeons:plugin\n", "utf-8"
    )
    shop.syspathinsert()
    shop.runpytest().assert_outcomes(passed=2)
