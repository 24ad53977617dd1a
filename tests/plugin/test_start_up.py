"""What a session without scenarios pays for the plugin being installed."""

import subprocess
import sys
from pathlib import Path

import pytest

import pytest_orchestra as orchestra

HEAVY = ("aiokafka", "asyncpg", "httpx", "jinja2", "jsonschema", "lxml", "pydantic", "yaml")
FLOORS = ("pytest_orchestra.model", "pytest_orchestra.results", "pytest_orchestra.spi")

SEEN = """\
import sys

def test_ordinary():
    loaded = sorted({names!r} & set(sys.modules))
    assert "pytest_orchestra.plugin" in sys.modules
    assert loaded == []
"""


def test_an_ordinary_file_loads_no_library_and_no_floor_of_ours(tmp_path: Path) -> None:
    """A session of ordinary tests imports neither drivers nor parsers nor our own model."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    test = tmp_path / "test_ordinary.py"
    test.write_text(SEEN.replace("{names!r}", repr({*HEAVY, *FLOORS})), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "asyncio", "-p", "orchestra", str(test)]
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_public_names_are_all_there() -> None:
    """Every public name can be had, also the one that is loaded late."""
    assert [name for name in orchestra.__all__ if not hasattr(orchestra, name)] == []
    assert orchestra.step.__module__ == "pytest_orchestra.suite.python_steps"


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    """A misspelt name is refused as by any module."""
    with pytest.raises(AttributeError, match="'pytest_orchestra' has no attribute 'stepp'"):
        orchestra.stepp  # noqa: B018 - the access is what is tested


def test_collecting_scenarios_loads_nothing_that_only_runs_them(shop: pytest.Pytester) -> None:
    """Listing scenarios needs no engine, no client and no check of schemas."""
    shop.makeconftest(
        """
        import sys

        def pytest_collection_finish(session):
            http = ("client", "contract")
            rooms = ("documents.schemas.checkers", *(f"protocols.http.{name}" for name in http))
            ours = ("engine", "services", "reports", *rooms)
            loaded = {f"pytest_orchestra.{name}" for name in ours} & set(sys.modules)
            drivers = {"aiokafka", "asyncpg", "httpx", "jsonschema", "redis"} & set(sys.modules)
            assert len(session.items) == 2
            assert "pytest_orchestra.protocols.http.channel" in sys.modules
            assert loaded | drivers == set()
        """
    )
    result = shop.runpytest_subprocess("--collect-only", "-q", "-p", "no:randomly")
    result.assert_outcomes()
    assert result.ret == 0


@pytest.mark.parametrize("suite", ["process: order.bpmn", "process: gone.bpmn"])
def test_garbage_is_collected_again_after_collecting(suite: str, shop: pytest.Pytester) -> None:
    """Collecting a suite, good or bad, leaves the garbage collector on."""
    (shop.path / "order.suite.yaml").write_text(suite, encoding="utf-8")
    shop.makeconftest(
        """
        import gc

        def pytest_collectreport(report):
            print("garbage collection is", "on" if gc.isenabled() else "off", report.nodeid)
        """
    )
    result = shop.runpytest_inprocess("--collect-only", "-s")
    result.stdout.fnmatch_lines(["garbage collection is on order.suite.yaml"])
    result.stdout.no_fnmatch_line("garbage collection is off*")


def test_python_itself_imports_our_floors(shop: pytest.Pytester) -> None:
    """No module behind the plugin goes through pytest's cache of explained asserts."""
    shop.makeconftest(
        """
        import sys
        from importlib.machinery import SourceFileLoader

        def pytest_collection_finish(session):
            module = sys.modules["pytest_orchestra.suite.binding"]
            assert type(module.__spec__.loader) is SourceFileLoader
        """
    )
    result = shop.runpytest_subprocess("--collect-only", "-q")
    assert result.ret == 0, result.stdout.str()


def test_a_session_leaves_how_modules_are_found_as_it_was(shop: pytest.Pytester) -> None:
    """Once the plugin is unconfigured, nothing of ours finds modules."""
    shop.makeconftest(
        """
        import sys
        from pathlib import Path

        import pytest

        def finders():
            return [getattr(each, "__module__", "") for each in sys.meta_path]

        def pytest_collection_finish(session):
            assert "pytest_orchestra.plugin.own_modules" in finders()

        @pytest.hookimpl(trylast=True)
        def pytest_unconfigure(config):
            Path("finders.txt").write_text("\\n".join(finders()))
        """
    )
    result = shop.runpytest_subprocess("--collect-only", "-q")
    assert result.ret == 0, result.stdout.str()
    after = (shop.path / "finders.txt").read_text(encoding="utf-8")
    assert after
    assert "pytest_orchestra" not in after
