"""Secrets of an environment in what pytest shows."""

from collections.abc import Callable

import pytest

SECRET = "tok3n-of-the-clerk"


def test_what_a_step_prints_or_logs_shows_no_secret(
    shop: pytest.Pytester, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the terminal, in JUnit's file and in Allure's results."""
    monkeypatch.setenv("CLERK_TOKEN", SECRET)
    write(
        orchestra__environments__yaml="""
        local:
          http:
            orders:
              url: "http://127.0.0.1:9"
              credentials: {clerk: {bearer: "${env:CLERK_TOKEN}"}}
        """,
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
    result = shop.runpytest(
        "-k", "main", "--junitxml=out.xml", "-o", "junit_logging=all", "--alluredir=allure", "-l"
    )
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*printed ****", "*logged ****"])
    assert SECRET not in result.stdout.str()
    written = [path for path in shop.path.rglob("*") if path.is_file() and path.suffix != ".py"]
    leaks = [path.name for path in written if SECRET in path.read_text("utf-8", "replace")]
    assert leaks == []
    assert any(path.parent.name == "allure" for path in written)
