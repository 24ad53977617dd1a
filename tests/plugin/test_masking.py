"""Secrets of an environment in what pytest shows."""

from collections.abc import Callable

import pytest

SECRET = "tok3n-of-the-clerk"


@pytest.fixture
def clerks_shop(
    shop: pytest.Pytester, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """The shop with an environment that has a secret."""
    monkeypatch.setenv("CLERK_TOKEN", SECRET)
    write(
        orchestra__environments__yaml="""
        local:
          http:
            orders:
              url: "http://127.0.0.1:9"
              credentials: {clerk: {bearer: "${env:CLERK_TOKEN}"}}
        """,
    )
    return shop


def leaks(shop: pytest.Pytester) -> list[str]:
    """The files that a session wrote a secret into."""
    written = [path for path in shop.path.rglob("*") if path.is_file() and path.suffix != ".py"]
    assert any(path.parent.name == "allure" for path in written)
    return [path.name for path in written if SECRET in path.read_text("utf-8", "replace")]


def test_what_a_step_prints_or_logs_shows_no_secret(
    clerks_shop: pytest.Pytester, write: Callable[..., None]
) -> None:
    """In the terminal, in JUnit's file and in Allure's results."""
    write(
        shop_steps__py="""
        import logging, os
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(orchestra_environment):
            orchestra_environment.connection("http")
            print("printed", os.environ["CLERK_TOKEN"])
            logging.warning("logged %s", os.environ["CLERK_TOKEN"])
            assert os.environ["CLERK_TOKEN"] == "nobody's"
        """,
    )
    result = clerks_shop.runpytest(
        "-k", "main", "--junitxml=out.xml", "-o", "junit_logging=all", "--alluredir=allure", "-l"
    )
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*printed ****", "*logged ****"])
    assert SECRET not in result.stdout.str()
    assert leaks(clerks_shop) == []


@pytest.mark.parametrize(
    ("setup", "step", "outcome"),
    [
        ("raise ValueError(token)", "", {"errors": 1}),
        ("yield\n            assert token == 'x'", "", {"passed": 1, "errors": 1}),
        ("", "raise type('Ends', (BaseException,), {})(token)", {"failed": 1}),
        ("pytest.xfail(token)", "", {"xfailed": 1}),
    ],
    ids=["set-up", "tear-down", "no exception", "xfail"],
)
def test_tracebacks_show_no_secret(
    clerks_shop: pytest.Pytester,
    write: Callable[..., None],
    setup: str,
    step: str,
    outcome: dict[str, int],
) -> None:
    """Whatever ended the phase, also with the values of locals."""
    write(
        shop_steps__py=f"""
        import os, pytest
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(login):
            token = os.environ["CLERK_TOKEN"]
            {step or "pass"}
        """,
        conftest__py=f"""
        import os, pytest

        @pytest.fixture
        def login(orchestra_environment):
            orchestra_environment.connection("http")
            token = os.environ["CLERK_TOKEN"]
            {setup or "pass"}
        """,
    )
    result = clerks_shop.runpytest("-k", "main", "--junitxml=out.xml", "--alluredir=allure", "-l")
    result.assert_outcomes(**outcome, deselected=1)
    if "xfailed" not in outcome:
        assert SECRET not in result.stdout.str()
        # what a fixture's tear-down raised stands in a file that allure-pytest writes alone
        assert [name for name in leaks(clerks_shop) if "container" not in name] == []
