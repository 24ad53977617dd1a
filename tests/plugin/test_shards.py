"""One session's items in several jobs."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.plugin.shards import parts

Write = Callable[..., None]

OWN = "def test_a(): ...\ndef test_b(): ...\ndef test_c(): ...\n"


def ran(result: pytest.RunResult) -> list[str]:
    return [line.split()[1] for line in result.outlines if line.startswith("PASSED ")]


IDS = st.text(max_size=8)
SECONDS = st.one_of(st.floats(0, 1e9), st.sampled_from([0.0, 0.1, 0.2, 0.3, 1.1]))


@given(st.data())
def test_parts_are_complete_and_disjoint_whatever_the_order(data: st.DataObject) -> None:
    """Each job finds the items in an order of its own, and takes what is of its number."""
    nodeids = data.draw(st.lists(IDS, unique=True))
    known = st.one_of(IDS, st.sampled_from(nodeids)) if nodeids else IDS
    durations = data.draw(st.dictionaries(known, SECONDS))
    of = data.draw(st.integers(1, 7))
    jobs = [
        [each for each, part in zip(order, parts(order, of, durations), strict=True) if part == job]
        for job in range(1, of + 1)
        for order in [data.draw(st.permutations(nodeids))]
    ]
    assert sorted(itertools.chain.from_iterable(jobs)) == sorted(nodeids)


def test_the_order_changes_no_average() -> None:
    """Sums of floats depend on it, and so would the place of an item without a duration."""
    durations = {"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.2}
    one = ["a", "b", "c", "d", "new"]
    for order in itertools.permutations(one):
        found = dict(zip(order, parts(order, 2, durations), strict=True))
        assert found == dict(zip(one, parts(one, 2, durations), strict=True))


def test_the_part_of_an_item_is_the_same_on_every_machine() -> None:
    """By its id alone."""
    nodeids = ["order.suite.yaml::main", "order.suite.yaml::amount-high", "test_a.py::test_é"]
    assert parts(nodeids, 5, {}) == [5, 2, 5]


def test_durations_balance_parts() -> None:
    """What is not known counts as long as the others do on average."""
    durations = {"a": 10.0, "b": 5.0, "c": 4.0, "d": 3.0, "gone": 99.0}
    nodeids = ["a", "b", "c", "d", "new"]
    found = parts(nodeids, 2, durations)
    seconds = {**durations, "new": 5.5}
    first = sum(seconds[name] for name, part in zip(nodeids, found, strict=True) if part == 1)
    assert abs(first - (27.5 - first)) < 3


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["one process", "a worker"])
@pytest.mark.parametrize("balance", ["hash", "durations"])
def test_jobs_run_every_item_once(
    wide: pytest.Pytester, write: Write, workers: list[str], balance: str
) -> None:
    """Ordinary tests too; a job that has none does not fail."""
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(): ...
        """,
        test_own__py=OWN,
    )
    more: list[str] = []
    whole = sorted(ran(wide.runpytest("-rA")))
    if balance == "durations":
        (file,) = wide.path.glob(".orchestra/*/durations.json")
        assert sorted(json.loads(file.read_text("utf-8"))["durations"]) == whole
        more = [f"--orchestra-durations={file}"]
    found: list[str] = []
    for number in range(1, 4):
        result = wide.runpytest("-rA", f"--orchestra-shard={number}/3", *workers, *more)
        assert result.ret == 0
        found += ran(result)
        result.stdout.fnmatch_lines([f"orchestra: part {number}/3, mode *"])
    assert len(whole) == 7
    assert sorted(found) == whole


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["one process", "a worker"])
def test_a_part_may_be_empty(wide: pytest.Pytester, write: Write, workers: list[str]) -> None:
    """As long as there is something in others."""
    write(test_own__py="def test_a(): ...\n")
    codes = [
        wide.runpytest("test_own.py", f"--orchestra-shard={number}/2", *workers).ret
        for number in (1, 2)
    ]
    assert codes == [0, 0]
    write(test_own__py="")
    assert wide.runpytest("test_own.py", "--orchestra-shard=1/2", *workers).ret == 5


@pytest.mark.parametrize("text", ["0/5", "6/5", "2", "a/b", "1/0", "-1/5"])
def test_what_is_no_part_is_refused(shop: pytest.Pytester, text: str) -> None:
    result = shop.runpytest(f"--orchestra-shard={text}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*--orchestra-shard: '{text}' is no part: give 1/5 to 5/5"])


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["one process", "a worker"])
@pytest.mark.parametrize(
    "text",
    [
        None,
        "{",
        "[]",
        '{"durations": {"a": "long"}}',
        '{"durations": {"a": NaN}}',
        '{"durations": {"a": 1e300}}',
        "[" * 100_000,
    ],
    ids=["missing", "torn", "list", "text", "NaN", "huge", "deep"],
)
def test_durations_that_cannot_be_read_are_refused(
    shop: pytest.Pytester, tmp_path: Path, text: str | None, workers: list[str]
) -> None:
    """A job that went on without them would run other items than it must."""
    file = tmp_path / "durations.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    result = shop.runpytest("--orchestra-shard=1/2", f"--orchestra-durations={file}", *workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --orchestra-durations: {file}*"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_durations_of_more_than_50_mb_are_refused(shop: pytest.Pytester, tmp_path: Path) -> None:
    file = tmp_path / "durations.json"
    with file.open("wb") as sparse:
        sparse.truncate(50_000_001)
    result = shop.runpytest("--orchestra-shard=1/2", f"--orchestra-durations={file}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --orchestra-durations: {file} is larger than 50 MB"])


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["one process", "a worker"])
def test_it_is_told_how_many_items_have_no_duration(
    shop: pytest.Pytester, tmp_path: Path, workers: list[str]
) -> None:
    """A suite that changed; a file of something else."""
    file = tmp_path / "durations.json"
    file.write_text('{"durations": {"order.suite.yaml::main": 2, "gone": 7}}', encoding="utf-8")
    told = "orchestra: --orchestra-durations knows nothing of 1 of 2 items: each counts as *"
    codes = []
    for number in (1, 2):
        result = shop.runpytest(
            f"--orchestra-shard={number}/2", f"--orchestra-durations={file}", *workers
        )
        result.stdout.fnmatch_lines([told])
        codes.append((int(result.ret), result.parseoutcomes()["passed"]))
    assert codes == [(0, 1), (0, 1)]


def test_durations_without_parts_are_refused(shop: pytest.Pytester) -> None:
    """They would say nothing."""
    result = shop.runpytest("--orchestra-durations=durations.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --orchestra-durations balances parts*--orchestra-shard*"])


def test_durations_of_the_ini_file_wait_for_parts(shop: pytest.Pytester) -> None:
    """The file that CI gets is not on every machine."""
    result = shop.runpytest("-oorchestra_durations=durations.json")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["orchestra: durations unread without --orchestra-shard*"])
