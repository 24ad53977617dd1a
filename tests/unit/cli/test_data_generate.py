"""``orchestra data generate``: what is written, and what is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_orchestra.cli import main
from pytest_orchestra.data.data_sets import DataSet, Scope
from pytest_orchestra.data.set_files import read_data_sets

Generate = Callable[..., tuple[int, str, str]]
FILE = Path("data") / "generated" / "order.yaml"


@pytest.fixture
def generate(
    described: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the command; give its exit code and what it printed."""
    assert described.is_dir()

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["data", "generate", "order.suite.yaml", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def sets(file: Path = FILE) -> Mapping[str, DataSet]:
    return {each.name: each for each in read_data_sets([file], Scope.SUITE)}


def test_each_scenario_gets_data_that_takes_its_way(generate: Generate) -> None:
    code, out, _ = generate()
    assert code == 0
    made = sets()
    assert {"main", "amount-high"} <= made.keys()
    assert made["main"].values["amount"] <= 1000  # type: ignore[operator]
    assert made["amount-high"].values["amount"] > 1000  # type: ignore[operator]
    assert made["main"].origin == "IMPORTED"
    assert "2 take a way" in out
    assert "name it in the suite: 'data: {files: [..., data/generated/order.yaml]}'" in out
    assert "look at 'label': no action sends it, so only the system knows what is right" in out


def test_each_side_of_each_limit_is_met(generate: Generate) -> None:
    """Of the description's, and of the condition; what a way's own set has is not made again."""
    generate()
    positive = {name: each.values for name, each in sets().items() if each.refused is None}
    met = {(values["amount"], name.startswith("amount-high")) for name, values in positive.items()}
    assert {(1, False), (1000, False), (1001, True), (5000, True)} <= met
    assert len(str(positive["main-note-longest"]["note"])) == 20
    assert sets()["main-note-longest"].tags == ("boundary",)
    assert positive["main-cards-1-longest"]["cards"][0].isalpha()  # type: ignore[index]


def test_a_refused_set_says_who_refuses_it_and_which_rule_it_breaks(generate: Generate) -> None:
    _, _, err = generate()
    made = {name: each for name, each in sets().items() if each.tags == ("negative",)}
    assert made["refused-amount-below-minimum"].values["amount"] == 0
    assert {each.refused.alias for each in made.values() if each.refused} == {"sent"}
    assert "# breaks minimum: body.amount 0 is less than 1\n- name: refused-amount-below" in (
        FILE.read_text(encoding="utf-8")
    )
    assert "not made: Reviewed: give it an alias, so that sets can say that it refuses them" in err


def test_one_seed_writes_the_same_bytes_and_another_does_not(generate: Generate) -> None:
    texts = []
    for folder, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        generate("--output", folder, "--seed", seed)
        texts.append((Path(folder) / "order.yaml").read_bytes())
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_what_is_there_is_kept(generate: Generate, change: Callable[..., None]) -> None:
    generate()
    change("order.suite.yaml", ("d.yaml", "data/generated/*.yaml"))
    before = FILE.read_bytes()
    code, out, _ = generate("--seed", "9")
    assert code == 0
    assert FILE.read_bytes() == before
    assert "main: there is 'main' in data/generated/order.yaml" in out.replace("\\", "/")
    assert "sets are there already and stay as they are" in out
    assert not (FILE.parent / "order-2.yaml").exists()


def test_by_force_files_are_made_anew_unless_they_were_edited(generate: Generate) -> None:
    generate()
    before = FILE.read_bytes()
    generate("--seed", "9", "--force")
    assert FILE.read_bytes() != before
    edited = FILE.read_text(encoding="utf-8").replace("- name: main\n", "- name: mine\n")
    FILE.write_text(edited, encoding="utf-8")
    generate("--force")
    assert FILE.read_text(encoding="utf-8") == edited
    assert list(sets(FILE.parent / "order-2.yaml")) == ["main"]


def test_only_the_kinds_that_are_asked_for_are_made(generate: Generate) -> None:
    generate("--kind", "happy-path")
    assert list(sets()) == ["main", "amount-high"]
    with pytest.raises(SystemExit):
        generate("--kind", "SAD_PATH")


def test_json_has_the_same_sets(generate: Generate) -> None:
    generate("--format", "json")
    generate("--output", "other")
    file = FILE.with_suffix(".json")
    assert file.read_text(encoding="utf-8").startswith("[\n")
    assert {name: each.values for name, each in sets(file).items()} == {
        name: each.values for name, each in sets(Path("other") / "order.yaml").items()
    }
    tree: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    assert tree[0]["origin"] == "IMPORTED"
    generate("--format", "json", "--force", "--seed", "5")
    assert file.exists()
    tree[0]["origin"] = "MANUAL"
    file.write_text(json.dumps(tree), encoding="utf-8")
    generate("--format", "json", "--force", "--kind", "HAPPY_PATH")
    assert json.loads(file.read_text(encoding="utf-8")) == tree


def test_data_that_is_there_covers_its_scenarios(
    generate: Generate, described: Path, change: Callable[..., None]
) -> None:
    text = "- {name: dear, values: {customer: Ada, amount: 2000, note: x, label: L, cards: [a]}}\n"
    (described / "d.yaml").write_text(text, encoding="utf-8")
    _, out, _ = generate("--kind", "HAPPY_PATH")
    assert "amount-high: there is 'dear' in d.yaml" in out
    assert list(sets()) == ["main"]
    change("order.suite.yaml", ("d.yaml", "gone.yaml"))
    generate("--kind", "HAPPY_PATH", "--output", "fresh")
    assert list(sets(Path("fresh") / "order.yaml")) == ["main", "amount-high"]


def test_a_way_that_no_data_can_take_is_named(
    generate: Generate, change: Callable[..., None]
) -> None:
    change("order.suite.yaml", ("amount > 1000", "amount > 9000"))
    code, _, err = generate("--output", "other")
    assert code == 1
    assert re.search(r"not made: amount-high: no values were found; .*is more than 5000", err)


def test_a_condition_that_cannot_be_read_is_named_and_nothing_is_invented(
    generate: Generate, described: Path, change: Callable[..., None]
) -> None:
    change("order.suite.yaml", ("conditions: {Amount?/high: amount > 1000}\n", ""))
    flow = '<sequenceFlow id="high" name="high" sourceRef="amount" targetRef="review"/>'
    change(
        "order.bpmn",
        ("<definitions ", '<definitions xmlns:x="http://www.w3.org/2001/XMLSchema-instance" '),
        (flow, f"{flow[:-2]}><conditionExpression>amount ??</conditionExpression></sequenceFlow>"),
    )
    code, _, err = generate()
    assert code == 1
    for key in ("main", "amount-high"):
        assert f"not made: {key}: its condition `amount ??` cannot be read" in err
    assert not (described / FILE).exists()


def test_a_process_file_says_nothing_of_data(
    described: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", "generate", str(described / "order.bpmn")]) == 2
    assert "Name a suite file" in capsys.readouterr().err


def test_wrong_data_files_are_told(generate: Generate, described: Path) -> None:
    (described / "d.yaml").write_text("- {nam: x}\n", encoding="utf-8")
    code, _, err = generate()
    assert code == 2
    assert "nam" in err


def test_a_folder_that_cannot_be_written_is_told(generate: Generate, described: Path) -> None:
    (described / "taken").write_text("", encoding="utf-8")
    code, _, err = generate("--output", "taken/inside")
    assert code == 2
    assert "cannot be written" in err


LOOP = """process: order.bpmn
specs: {shop: shop.openapi.yaml}
data: {files: d.yaml, each: {Review: reviews}}
conditions: {Amount?/high: amount > 1000, Again?/yes: not(approved)}
steps:
  - name: The order is sent
    at: Ordered
    alias: sent
    action:
      channel: http
      endpoint: shop.order
      input: {body: {customer: Ada, amount: "{{data.amount}}", card: "abc"}}
  - name: Reviewed
    at: Review
    action:
      channel: http
      endpoint: shop.review
      input: {path: {number: "1"}, body: {note: "{{each.reviews.note}}"}}
  - name: It is told
    leaving: Review
    assertion: {channel: kafka, topic: "orders"}
    expect: {value: {approved: "{{each.reviews.approved}}"}}
"""


LOOPED = """<userTask id="review" name="Review"/>
<exclusiveGateway id="again" name="Again?" default="f2"/>
<sequenceFlow id="f4" sourceRef="review" targetRef="again"/>
<sequenceFlow id="yes" name="yes" sourceRef="again" targetRef="review"/>
"""


def test_lists_are_filled_visit_by_visit(
    generate: Generate, described: Path, change: Callable[..., None]
) -> None:
    """Each item meets what is asked at its visit; there are as many as the way has visits."""
    task = '<userTask id="review" name="Prüfen 审核"/>'
    change(
        "order.bpmn", (task, LOOPED), ('id="f2" sourceRef="review"', 'id="f2" sourceRef="again"')
    )
    (described / "order.suite.yaml").write_text(LOOP, encoding="utf-8")
    code, _, err = generate("--kind", "HAPPY_PATH")
    assert (code, err) == (0, "")
    reviews = {
        name: [item["approved"] for item in each.values["reviews"]]  # type: ignore[attr-defined]
        for name, each in sets().items()
    }
    assert reviews["main"] == []
    assert reviews["amount-high"] == [True]
    assert [value for key, value in reviews.items() if key.endswith("x2")] == [[False, False, True]]
    assert all(item["note"] for each in sets().values() for item in each.values["reviews"])  # type: ignore[attr-defined]
