"""References within a file, to other files, and to nowhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.documents.schemas import references
from pytest_orchestra.documents.schemas.references import Documents, UnresolvedError
from pytest_orchestra.errors import DefinitionError


@pytest.fixture
def documents(tmp_path: Path) -> Callable[..., Documents]:
    """Write files and begin with the first one."""

    def written(**files: object) -> Documents:
        for name, value in files.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
        return Documents(tmp_path / next(iter(files)).replace("_", "."))

    return written


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("#/a/b", 1),
        ("#/a/x~1y", 2),
        ("#/a/t~0u", 3),
        ("#/a/p%20q", 4),
        ("#/list/1", 6),
        ("#here", {"$anchor": "here"}),
        ("#", "all"),
    ],
)
def test_pointers_lead_to_parts_of_the_file(
    documents: Callable[..., Documents], reference: str, value: object
) -> None:
    content = {
        "a": {"b": 1, "x/y": 2, "t~u": 3, "p q": 4},
        "list": [5, 6],
        "schema": {"$anchor": "here"},
    }
    found = documents(a_json=content)
    node = found.resolve(reference, found.root.file)
    assert node.value == (content if value == "all" else value)


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("#/a/c", "there is no 'c'"),
        ("#/list/2", "there is no '2'"),
        ("#/list/x", "there is no 'x'"),
        ("#/a/b/c", "there is no 'c'"),
        ("#nowhere", "no '$anchor' is called 'nowhere'"),
        ("https://h/x.json", "is not fetched"),
        ("file:///etc/passwd", "is not fetched"),
        ("/etc/passwd", "is not fetched"),
        ("//h/x", "is not fetched"),
    ],
)
def test_what_leads_nowhere_says_so(
    documents: Callable[..., Documents], reference: str, why: str
) -> None:
    found = documents(a_json={"a": {"b": 1}, "list": [5, 6]})
    with pytest.raises(UnresolvedError) as caught:
        found.resolve(reference, found.root.file)
    assert why in str(caught.value)
    assert reference in str(caught.value)


def test_files_are_found_relative_to_the_one_that_refers(
    documents: Callable[..., Documents],
) -> None:
    found = documents(
        a_yaml="x: {$ref: 'sub/b.yaml#/y'}",
        sub__b_yaml="y: {$ref: '../c d.json'}\nz: {$ref: '../a.yaml#/x'}",
    )
    (found.root.file.parent / "c d.json").write_text('{"end": true}', "utf-8")
    found.check()
    assert found.follow(found.root.get("x")).value == {"end": True}
    assert (
        found.resolve("../a.yaml", found.resolve("sub/b.yaml", found.root.file).file) == found.root
    )


def test_a_chain_that_leads_back_is_refused(documents: Callable[..., Documents]) -> None:
    found = documents(a_json={"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}})
    with pytest.raises(UnresolvedError, match="leads back to itself"):
        found.follow(found.root.get("a"))


def test_every_dead_reference_is_told_of_with_its_place(
    documents: Callable[..., Documents],
) -> None:
    found = documents(
        a_yaml=(
            "a: {$ref: '#/nowhere'}\n"
            "b: {$ref: 'missing.yaml'}\n"
            "c: {$ref: 'broken.json'}\n"
            "d: {$ref: 'http://h/x'}\n"
            "e: {$ref: 'ok.yaml'}\n"
        ),
        broken_json="{",
        ok_yaml="x: {$ref: '#/gone'}",
    )
    with pytest.raises(DefinitionError) as caught:
        found.check()
    folder = f"{found.root.file.parent}/"
    told = [str(problem).removeprefix(folder) for problem in caught.value.problems]
    assert [line.partition(":")[0] for line in told] == ["a.yaml"] * 4 + [
        "broken.json",
        "missing.yaml",
        "ok.yaml",
    ]
    assert told[:4] == [
        (
            "a.yaml:1:11: error[spec-reference] '#/nowhere' leads nowhere: there is no 'nowhere'."
            " There are: a, b, c, d, e."
        ),
        "a.yaml:2:11: error[spec-reference] 'missing.yaml' cannot be read",
        "a.yaml:3:11: error[spec-reference] 'broken.json' cannot be read",
        (
            "a.yaml:4:11: error[spec-reference] 'http://h/x' is not fetched: only files relative"
            " to this one are read"
        ),
    ]


def test_data_may_look_like_references(documents: Callable[..., Documents]) -> None:
    """Examples, defaults and constants are not followed; a property may be called so."""
    dead = {"$ref": "#/nowhere"}
    found = documents(
        a_json={"example": dead, "default": [dead], "enum": [dead], "properties": {"$ref": {}}}
    )
    found.check()
    named = documents(a_json={"properties": {"example": dead, "enum": {"type": "string"}}})
    with pytest.raises(DefinitionError, match="there is no 'nowhere'"):
        named.check()


def test_too_many_files_are_refused(documents: Callable[..., Documents]) -> None:
    last = references.MAX_FILES
    found = documents(a_json=[{"$ref": f"{n}.json"} for n in range(last)])
    for number in range(last):
        (found.root.file.parent / f"{number}.json").write_text("{}", "utf-8")
    with pytest.raises(DefinitionError, match=f"spread over more than {last} files"):
        found.check()
