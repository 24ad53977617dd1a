"""References to variables and files, and the variables of an ``env_file``."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.data.references import Resolved, parse_env_file, resolve
from pytest_orchestra.documents.reading import parse_document
from pytest_orchestra.model import SourceLocation

Refused = Callable[[Callable[[], object]], list[str]]

VARIABLES = {"URL": "http://h", "EMPTY": "", "TRICK": "${env:URL}", "TOKEN": "hunter2"}
FILES = {"/run/secrets/clerk": "pa ss\n", "C:\\s.txt": "win\r\n", "two.txt": "a\n\n"}


def found(value: object) -> Resolved:
    """A value resolved with the variables and files above."""
    return resolve(value, look_up_variable=VARIABLES.get, read_file=FILES.get, locate=lambda _: AT)


AT = SourceLocation(file="f", line=1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("${env:URL}", "http://h"),
        ("${env:URL}/x/${env:URL}", "http://h/x/http://h"),
        ("${env:URL:-other}", "http://h"),
        ("${env:NONE:-other}", "other"),
        ("${env:NONE:-}", ""),
        ("${env:EMPTY}", ""),
        ("${env:EMPTY:-other}", "other"),
        ("${env:NONE:-a:-b}", "a:-b"),
        ("${file:/run/secrets/clerk}", "pa ss"),
        ("${file:C:\\s.txt}", "win"),
        ("${file:two.txt}", "a\n"),
        ("${file:none:-d}", "d"),
        ("$${env:URL}", "${env:URL}"),
        ("$ {x} $5 }", "$ {x} $5 }"),
        ("${env:TRICK}", "${env:URL}"),
    ],
)
def test_references_in_texts(text: str, value: str) -> None:
    assert found(text).value == value


def test_references_anywhere_in_a_value() -> None:
    value = {"a": ["${env:URL}", 1, None, Decimal("1.5")], "${env:URL}": True}
    assert found(value).value == {"a": ["http://h", 1, None, Decimal("1.5")], "${env:URL}": True}


def test_the_origin_of_every_text_is_known() -> None:
    resolved = found(["${env:TOKEN}", "x${file:/run/secrets/clerk}", "${env:NONE:-default}"])
    assert resolved.origins == {"hunter2": "TOKEN", "pa ss": "/run/secrets/clerk"}
    assert "hunter2" not in repr(resolved)


def test_all_that_is_missing_is_told_with_its_place(refused: Refused) -> None:
    document = parse_document(
        'url: "${env:ORDERS_URL}"\nb: ["${file:/no}", "x${env:A}${env:B}"]\nc: "${other:x}"\n'
        'd: "${env:}"\ne: "${env:URL"\n',
        file="f.yaml",
    )
    lines = refused(
        lambda: resolve(
            document.value,
            look_up_variable=VARIABLES.get,
            read_file=FILES.get,
            locate=document.location,
        )
    )
    assert lines == [
        "f.yaml:1:6: the variable ORDERS_URL is not set",
        "f.yaml:2:5: the file /no cannot be read",
        "f.yaml:2:20: the variable A is not set",
        "f.yaml:2:20: the variable B is not set",
        "f.yaml:3:4: '${' begins no reference",
        "f.yaml:4:4: '${' begins no reference",
        ("f.yaml:5:4: '${' begins no reference. Set it, or give a default: ${env:ORDERS_URL:-…}."),
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("${file:/no}", "Check its path and permissions."),
        ("${hunter2", "Write ${env:NAME}, ${env:NAME:-default} or ${file:PATH}; $${ for a pla"),
    ],
)
def test_what_to_do_about_it(refused: Refused, text: str, hint: str) -> None:
    (line,) = refused(lambda: found(text))
    assert hint in line
    assert "hunter2" not in line


@given(st.text())
def test_what_was_looked_up_is_never_searched_again(text: str) -> None:
    resolved = resolve(
        "<${env:X}>",
        look_up_variable=lambda _: text,
        read_file=FILES.get,
        locate=lambda _: AT,
    )
    assert resolved.value == f"<{text}>"


def test_variables_of_an_env_file() -> None:
    text = """\
# a comment
A=1
 export B = two words  # and a comment
C='single # "x" '
D="double ${A} \\n"   # why
E=
F=a#b
G=x=y

A=again
H= # nothing
"""
    assert parse_env_file(text, file="f") == {
        "A": "again",
        "B": "two words",
        "C": 'single # "x" ',
        "D": "double ${A} \\n",
        "E": "",
        "F": "a#b",
        "G": "x=y",
        "H": "",
    }


def test_wrong_lines_are_told_without_their_values(refused: Refused) -> None:
    text = 'A=1\nhunter2\n1B=hunter2\nC=\'hunter2\nD="hunter2"x\nE F=hunter2\n'
    lines = refused(lambda: parse_env_file(text, file="f.env"))
    assert lines == [
        f"f.env:{number}: error[env-file] this line is not NAME=value."
        " Comment it out with #, or close its quotes."
        for number in (2, 3, 4, 5, 6)
    ]
