"""Problems of a file as a whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.importers.bpmn.findings import CODES, SHOWN_CHARACTERS
from pytest_orchestra.model import Problem, ProcessModel, Severity

Read = Callable[..., ProcessModel]
Problems = Callable[..., list[Problem]]


def test_a_file_without_a_process_has_nothing_to_test(read: Read) -> None:
    (problem,) = read('<collaboration><participant id="x"/></collaboration>').problems
    assert (problem.code, problem.severity) == ("process-missing", Severity.WARNING)


def test_ids_that_two_processes_share_are_told_once(read: Read) -> None:
    body = '<task id="a"/><task id="b"/>'
    model = read(f'<process id="p">{body}</process>\n<process id="q">{body}</process>')
    (problem,) = model.problems
    assert str(problem).startswith(
        "shop.bpmn:3:17: warning[id-shared] 2 node id(s) of process q are also in process p,"
        " first a"
    )


@pytest.mark.parametrize(
    ("second", "codes"),
    [
        ('<error id="x" name="Refused"/>', ["definition-repeated"]),
        ('<error id="x" name="Declined"/>', []),
        ('<signal id="x" name="Declined"/>', ["definition-repeated"]),
    ],
    ids=["another name", "a copy", "another kind"],
)
def test_a_second_definition_of_an_id_is_told_unless_it_says_the_same(
    problems: Problems, second: str, codes: list[str]
) -> None:
    found = problems('<task id="a"/>', '<error id="x" name="Declined"/>' + second)
    assert [problem.code for problem in found] == codes


def test_a_pool_whose_process_is_not_in_the_file_is_told(read: Read) -> None:
    model = read(
        '<process id="p"><task id="a"/></process>'
        '<collaboration><participant id="x" name="Bank" processRef="q"/></collaboration>'
    )
    (problem,) = model.problems
    assert problem.code == "reference-dangling"
    assert "participant 'Bank' (x) refers to process 'q'" in problem.message


@pytest.mark.parametrize("ends", ['sourceRef="a" targetRef="y"', 'targetRef="a"', ""])
def test_a_message_flow_that_lacks_an_end_is_told(read: Read, ends: str) -> None:
    model = read(
        '<process id="p"><task id="a"/></process>'
        f'<collaboration><messageFlow id="m" {ends}/></collaboration>'
    )
    assert [(problem.code, problem.element_id) for problem in model.problems] == [
        ("message-flow-dangling", "m")
    ]


def test_a_message_flow_to_a_pool_or_process_is_sound(read: Read) -> None:
    model = read(
        '<process id="p"><task id="a"/></process><collaboration><participant id="x"/>'
        '<messageFlow id="m" sourceRef="a" targetRef="x"/>'
        '<messageFlow id="n" sourceRef="x" targetRef="p"/></collaboration>'
    )
    assert model.problems == ()


def test_problems_stand_in_file_order(problems: Problems) -> None:
    found = problems('\n<task/>\n<sequenceFlow id="f"/>\n<nonsense/>\n<task/>')
    assert [str(problem.location) for problem in found] == [
        "shop.bpmn:3:1",
        "shop.bpmn:4:1",
        "shop.bpmn:5:1",
        "shop.bpmn:6:1",
    ]


def test_a_long_id_is_cut_in_the_message_and_whole_in_the_problem(problems: Problems) -> None:
    long = "f" * 1000
    (problem,) = problems(f'<task id="a"/><sequenceFlow id="{long}" name="{long}"/>')
    assert problem.element_id == long
    assert len(problem.message) < 4 * SHOWN_CHARACTERS
    assert "…" in problem.message


@pytest.mark.parametrize("code", CODES)
def test_every_code_says_what_to_do_in_one_line(code: str) -> None:
    _, hint = CODES[code]
    assert hint
    assert "\n" not in hint
    assert not hint.endswith(".")


def test_only_what_makes_the_model_untrustworthy_is_an_error() -> None:
    errors = {code for code, (severity, _) in CODES.items() if severity is Severity.ERROR}
    assert errors == {"id-duplicate"}
