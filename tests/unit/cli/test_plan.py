"""``orchestra plan`` as people and programs call it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.cli import main

Change = Callable[..., None]
Captured = pytest.CaptureFixture[str]

ORCHESTRA = "import sys; from pytest_orchestra.cli import main; sys.exit(main())"


@pytest.mark.usefixtures("folder")
def test_a_process_is_printed_as_a_table(capsys: Captured) -> None:
    assert main(["plan", "order.bpmn"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out == (
        "order.bpmn: process order, criterion branches, 2 scenarios\n"
        "flows: 5 of 5 covered\n"
        "\n"
        "KEY          NAME\n"
        "main         Main\n"
        "amount-high  Amount? high\n"
    )


@pytest.mark.usefixtures("folder")
def test_a_suite_is_printed_with_steps_and_data(capsys: Captured) -> None:
    assert main(["plan", "order.suite.yaml", "--criterion", "branches"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out == (
        "order.suite.yaml: process order, criterion branches, 2 scenarios\n"
        "flows: 5 of 5 covered\n"
        "\n"
        "KEY          NAME          STEPS  DATA\n"
        "main         Main          3      poor\n"
        "amount-high  Amount? high  4      rich\n"
        "\n"
        "'It is announced' is armed once step.sent.id is known\n"
    )


@pytest.mark.usefixtures("folder")
def test_all_files_are_in_one_json_document(capsys: Captured) -> None:
    assert main(["plan", "--format", "json", "order.bpmn", "order.suite.yaml"]) == 0
    out = capsys.readouterr().out
    process, suite = json.loads(out)["processes"]
    assert process["process_file"] == suite["process_file"] == "order.bpmn"
    assert [each["key"] for each in process["scenarios"]] == ["main", "amount-high"]
    assert process["scenarios"][1]["nodes"] == ["start", "amount", "review", "ship", "end"]
    assert (process["criterion"], suite["criterion"]) == ("branches", "flows")
    assert suite["suite_file"] == "order.suite.yaml"


@pytest.mark.usefixtures("folder")
def test_names_of_any_script_are_printed_as_they_are(change: Change, capsys: Captured) -> None:
    change("order.bpmn", ('name="high"', ""), ('name="Amount?"', ""))
    assert main(["plan", "order.bpmn", "--format", "json"]) == 0
    assert "Prüfen 审核" in capsys.readouterr().out


def test_utf8_is_spoken_whatever_the_terminal_says(folder: Path, change: Change) -> None:
    change("order.bpmn", ('name="high"', ""), ('name="Amount?"', ""))
    run = subprocess.run(
        [sys.executable, "-c", ORCHESTRA, "plan", "order.bpmn"],
        cwd=folder,
        capture_output=True,
        check=True,
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": ""},
    )
    assert "Prüfen 审核" in run.stdout.decode("utf-8")


@pytest.mark.usefixtures("folder")
def test_a_suite_that_is_wrong_is_told_on_standard_error(change: Change, capsys: Captured) -> None:
    change("order.suite.yaml", ("at: Done", "at: Dine"), ("steps:\n", "library: x\nsteps:\n"))
    assert main(["plan", "order.suite.yaml"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        (
            "order.suite.yaml:5:1: error[not-yet] the key 'library' is not there yet."
            " Leave it out for now."
        ),
        (
            "order.suite.yaml:14:9: error[unknown-element] process 'order' has no element called"
            " 'Dine'. Did you mean 'Done'?"
        ),
    ]


@pytest.mark.usefixtures("folder")
def test_the_other_files_are_planned_all_the_same(capsys: Captured) -> None:
    assert main(["plan", "gone.bpmn", "order.bpmn", "gone.suite.yaml"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("order.bpmn: process order")
    first, second = err.splitlines()
    assert first.startswith("gone.bpmn: error[file-unreadable] the file cannot be read")
    assert second == (
        "gone.suite.yaml: error[file-missing] there is no such file. Check its name and folder."
    )


def test_what_is_wrong_with_a_process_is_in_its_plan_too(folder: Path, capsys: Captured) -> None:
    (folder / "bad.bpmn").write_text(
        (folder / "order.bpmn")
        .read_text(encoding="utf-8")
        .replace("</process>", '<sequenceFlow id="f9" sourceRef="ship" targetRef="x"/></process>'),
        encoding="utf-8",
    )
    code = main(["plan", "bad.bpmn", "--format", "json"])
    out, err = capsys.readouterr()
    (plan,) = json.loads(out)["processes"]
    severities = {each["severity"] for each in plan["problems"] if each["element_id"] == "f9"}
    assert severities
    assert (code == 2) is ("error" in severities)
    assert bool(err) is ("error" in severities)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "notes.txt",
            "x",
            (
                "notes.txt is neither a process file nor a suite file. Name a file that ends in"
                " .bpmn, .bpmn2, .xml, .yaml, .yml, .json."
            ),
        ),
        (
            "empty.bpmn",
            (
                '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
                ' targetNamespace="t"/>'
            ),
            "empty.bpmn holds no process. Draw one in a pool.",
        ),
    ],
)
def test_files_that_hold_nothing_to_plan_are_refused(
    folder: Path, capsys: Captured, name: str, text: str, message: str
) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    assert main(["plan", name]) == 2
    assert capsys.readouterr() == ("", f"{message}\n")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("criterion", ["flows", "branches", "pairs", "paths"])
def test_any_criterion_may_be_asked_for(capsys: Captured, criterion: str) -> None:
    assert main(["plan", "order.bpmn", "--criterion", criterion]) == 0
    assert f"criterion {criterion}," in capsys.readouterr().out


CONDITIONS = (
    'name="high" sourceRef="amount" targetRef="review"/>',
    (
        'name="high" sourceRef="amount" targetRef="review">'
        "<conditionExpression>=a &gt; 5</conditionExpression></sequenceFlow>"
    ),
)


@pytest.mark.usefixtures("folder")
def test_the_choice_of_data_is_explained(change: Change, capsys: Captured) -> None:
    change("order.bpmn", CONDITIONS)
    change("d.yaml", ("rich, values: {a: 1}", "rich, values: {a: 10}"))
    assert main(["plan", "order.suite.yaml", "--data"]) == 0
    assert capsys.readouterr().out == (
        "order.suite.yaml: process order, criterion flows, 2 scenarios\n"
        "\n"
        "main\n"
        "  asks: not (a > 5)\n"
        "  data: poor (d.yaml): 'mark' names it\n"
        "  not rich: `not (a > 5)` (Amount?/high) does not hold with a = 10\n"
        "\n"
        "amount-high\n"
        "  asks: a > 5\n"
        "  data: rich (d.yaml): the first that fits: it meets `a > 5` (Amount?/high)\n"
        "  not poor: `a > 5` (Amount?/high) does not hold with a = 2\n"
    )
    assert main(["plan", "order.suite.yaml", "--data", "--format", "json"]) == 0
    (plan,) = json.loads(capsys.readouterr().out)["processes"]
    high = plan["scenarios"][1]
    assert (high["data"], high["data_file"]) == ("rich", "d.yaml")
    assert high["data_reason"] == "the first that fits: it meets `a > 5` (Amount?/high)"
    assert high["data_sets"] == [
        {"name": "rich", "file": "d.yaml", "fits": True, "why_not": []},
        {
            "name": "poor",
            "file": "d.yaml",
            "fits": False,
            "why_not": ["`a > 5` (Amount?/high) does not hold with a = 2"],
        },
    ]


@pytest.mark.usefixtures("folder")
def test_where_no_set_fits_the_nearest_is_told(change: Change, capsys: Captured) -> None:
    change("order.bpmn", CONDITIONS)
    assert main(["plan", "order.suite.yaml", "--data"]) == 0
    assert capsys.readouterr().out.endswith(
        "  data: no data set fits: no set meets `a > 5` (Amount?/high); nearest is 'rich':"
        " `a > 5` (Amount?/high) does not hold with a = 1\n"
        "  not rich: `a > 5` (Amount?/high) does not hold with a = 1\n"
        "  not poor: `a > 5` (Amount?/high) does not hold with a = 2\n"
    )
    assert main(["plan", "order.suite.yaml", "--data", "--format", "json"]) == 0
    (plan,) = json.loads(capsys.readouterr().out)["processes"]
    assert plan["scenarios"][1]["nearest"] == "rich"
    assert main(["plan", "order.suite.yaml"]) == 0
    assert "4      none fits\n" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_what_a_process_asks_of_data_is_told_without_a_suite(
    change: Change, capsys: Captured
) -> None:
    change("order.bpmn", CONDITIONS)
    assert main(["plan", "order.bpmn", "--data"]) == 0
    assert capsys.readouterr().out == (
        "order.bpmn: process order, criterion branches, 2 scenarios\n"
        "\n"
        "main\n"
        "  asks: not (a > 5)\n"
        "\n"
        "amount-high\n"
        "  asks: a > 5\n"
    )


@pytest.mark.parametrize("arguments", [[], ["plan"], ["nothing"]])
def test_a_command_line_that_is_wrong_says_how_it_goes(
    capsys: Captured, arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: orchestra")


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ORCHESTRA, "plan", "--format", "json", *(["order.bpmn"] * 60)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        complaints = process.stderr.read()
        assert process.wait() == 0
    assert complaints == b""


CALLS = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">
<process id="shop">
<startEvent id="s"/><callActivity id="c" calledElement="order"/><callActivity id="d"/>
<sequenceFlow id="g1" sourceRef="s" targetRef="c"/>
<sequenceFlow id="g2" sourceRef="c" targetRef="d"/>
</process>
</definitions>
"""


def test_calls_are_looked_for_in_all_files(folder: Path, capsys: Captured) -> None:
    """A file that cannot be read is told once, and the others are planned all the same."""
    (folder / "shop.bpmn").write_text(CALLS, encoding="utf-8")
    assert main(["plan", "gone.bpmn", "shop.bpmn", "order.bpmn", "--format", "json"]) == 2
    out, err = capsys.readouterr()
    assert err.count("gone.bpmn") == 1
    shop, order = json.loads(out)["processes"]
    assert [each["key"] for each in order["scenarios"]] == ["main", "amount-high"]
    (main_way,) = shop["scenarios"]
    assert main_way["nodes"] == ["s", "c", "d"]
    assert main_way["calls"] == {
        "c": [
            {
                "process_id": "order",
                "nodes": ["start", "amount", "ship", "end"],
                "flows": ["f1", "low", "f3"],
            }
        ]
    }
    opaque = [each["element_id"] for each in shop["problems"] if each["code"] == "call-opaque"]
    assert opaque == ["d"]
