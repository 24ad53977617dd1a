"""``orchestra data generate --ai``: what a model proposes is checked before it is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orchestra.cli import main
from pytest_orchestra.data.data_sets import Scope
from pytest_orchestra.data.set_files import read_data_sets

if TYPE_CHECKING:
    from conftest import Endpoint

Propose = Callable[..., tuple[int, str, str]]
FILE = Path("data") / "generated" / "order-proposed.yaml"
GOOD: Mapping[str, Any] = {
    "customer": "Ada",
    "amount": 1500,
    "note": "soon",
    "cards": ["visa"],
    "label": "blue",
}


@pytest.fixture
def propose(
    described: Path,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Propose:
    """Run the command with a model; give its exit code and what it printed."""
    assert described.is_dir()
    monkeypatch.setenv("ORCHESTRA_AI_URL", endpoint.url.removesuffix("/chat/completions"))
    monkeypatch.setenv("ORCHESTRA_AI_KEY", "s3cret-key")
    monkeypatch.setenv("ORCHESTRA_AI_MODEL", "tiny")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter2@db.example/x")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["data", "generate", "order.suite.yaml", "--ai", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_what_passes_is_written_with_its_origin(propose: Propose, endpoint: Endpoint) -> None:
    sets = [{"scenario": "amount-high", "name": "Ada in a hurry", "values": GOOD}]
    endpoint.says({"sets": [*sets, {"scenario": "main", "values": {**GOOD, "amount": 10}}]})
    code, out, err = propose()
    assert code == 0
    assert "order-proposed.yaml: 2 sets proposed by tiny; look through them" in out
    assert "not taken" not in err
    low, high = read_data_sets([FILE], Scope.SUITE)
    assert (high.name, high.origin, high.tags) == (
        "ada-in-a-hurry",
        "AI_GENERATED",
        ("proposed",),
    )
    assert high.values == GOOD
    assert low.name == "main-proposed"
    text = FILE.read_text(encoding="utf-8")
    assert "x-made-by: {model: tiny, prompt: " in text


def test_json_has_the_model_too(propose: Propose, endpoint: Endpoint) -> None:
    endpoint.says({"sets": [{"scenario": "amount-high", "values": GOOD}]})
    propose("--format", "json")
    (only,) = json.loads(FILE.with_suffix(".json").read_text(encoding="utf-8"))
    assert only["x-made-by"]["model"] == "tiny"
    assert len(only["x-made-by"]["prompt"]) == 16


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({**GOOD, "amount": 900}, "amount"),
        ({**GOOD, "amount": 9000}, "body.amount 9000 is more than 5000"),
        ({**GOOD, "cards": ["NOT SMALL"]}, "body.card"),
        ({**GOOD, "cards": []}, "it has no cards[0]"),
        ({key: value for key, value in GOOD.items() if key != "label"}, "it has no label"),
        ({**GOOD, "surname": "L."}, "nothing reads 'surname'"),
    ],
)
def test_what_leaves_its_way_or_a_schema_is_not_written(
    propose: Propose, endpoint: Endpoint, values: Mapping[str, object], why: str
) -> None:
    endpoint.says({"sets": [{"scenario": "amount-high", "values": values}]})
    _, _, err = propose()
    (line,) = (each for each in err.splitlines() if each.startswith("not taken: amount-high: "))
    assert why in line
    assert not FILE.exists()


def test_files_and_names_that_are_there_stay(propose: Propose, endpoint: Endpoint) -> None:
    endpoint.says({"sets": [{"scenario": "amount-high", "name": "main", "values": GOOD}]})
    propose()
    first = FILE.read_bytes()
    propose()
    assert FILE.read_bytes() == first
    (second,) = read_data_sets([FILE.with_name("order-proposed-2.yaml")], Scope.SUITE)
    assert second.name == "main-2"


def test_neither_values_nor_the_environment_are_told(
    described: Path, propose: Propose, endpoint: Endpoint
) -> None:
    text = "- {name: real, values: {customer: Grace Hopper, amount: 4242}}\n"
    (described / "d.yaml").write_text(text, encoding="utf-8")
    endpoint.says({"sets": []})
    propose()
    ((_, body),) = endpoint.asked
    told = json.dumps(body)
    assert "amount > 1000" in told
    for secret in ("Grace", "4242", "hunter2", "db.example", "s3cret"):
        assert secret not in told


def test_a_model_that_does_not_answer_is_an_error(propose: Propose, endpoint: Endpoint) -> None:
    endpoint.answers(429, Retry_After="30")
    code, _, err = propose()
    assert code == 2
    assert "429 Too Many Requests. Wait 30 s." in err


def test_without_variables_nothing_is_made(
    propose: Propose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORCHESTRA_AI_MODEL")
    code, _, err = propose()
    assert code == 2
    assert "ORCHESTRA_AI_MODEL is not set" in err
    assert not FILE.parent.exists()


def test_a_folder_that_cannot_be_written_is_told(
    described: Path, propose: Propose, endpoint: Endpoint
) -> None:
    endpoint.says({"sets": [{"scenario": "amount-high", "values": GOOD}]})
    (described / "taken").write_text("", encoding="utf-8")
    code, _, err = propose("--output", "taken", "--kind", "NEGATIVE")
    assert code == 2
    assert "cannot be written" in err
