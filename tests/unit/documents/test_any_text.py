"""Whatever a file holds, it becomes a document or problems: no other error."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, SecretStr

from pytest_orchestra.documents.decoding import decode_value
from pytest_orchestra.documents.models import DocumentModel, Duration, Flag, Whole
from pytest_orchestra.documents.reading import parse_document
from pytest_orchestra.documents.yaml_reader import parse_yaml
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import SourceLocation

WORDS = st.sampled_from(
    [
        *("a", "b: ", "- ", "? ", ": ", "\n", "\n  ", "\t", "[", "]", "{", "}", ", ", "'", '"'),
        *("|", ">", "&x ", "*x", "!t ", "<<: ", "# c", "1", "1.5", ".nan", "~", "---\n", "...\n"),
        *("%YAML 1.2\n", "\\", "\\u0041", "\ufeff", "\u2028", "\x00", "é", "😀", "=", "null"),
        *("[a]\n", 'b = "c"\n', '"a":', "true", "\ud800", "-", "1e999", "\\ud800"),
    ]
)
TEXTS = st.text(max_size=60) | st.lists(WORDS, max_size=20).map("".join)

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "10s", "x", "y", "text"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "x", "y", "x-a", "wait", "flag", "inner", "secret", "zz"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


class First(DocumentModel):
    kind: Literal["x"]
    x: Whole = 1


class Second(DocumentModel):
    kind: Literal["y"]
    y: tuple[Duration, ...] = ()


class Model(DocumentModel):
    inner: Annotated[First | Second, Field(discriminator="kind")] | None = None
    x: str | list[First] | Second = ""
    y: dict[str, Flag] | None = None
    wait: Duration = 1.0
    secret: SecretStr | None = None


@pytest.mark.parametrize("file", ["f.yaml", "f.json", "f.toml", "f.csv"])
@given(text=TEXTS)
def test_any_text_is_a_document_or_problems_with_places(file: str, text: str) -> None:
    try:
        document = parse_document(text, file=file)
    except DefinitionError as error:
        places = [str(problem) for problem in error.problems]
    else:
        places = [str(document.location(("a", 0), 3))]
    assert places
    assert all(place.startswith(file) for place in places)


@given(TEXTS.filter(lambda text: "\ufeff" not in text))
def test_libyaml_and_its_stand_in_agree_on_values(text: str) -> None:
    """Where both can read a text; on broken ones they need not fail alike."""
    try:
        values = [parse_yaml(text, "f", pure=pure).value for pure in (False, True)]
    except DefinitionError:
        return
    assert values[0] == values[1]


@given(JSON_VALUES)
def test_any_value_is_a_model_or_problems_told_once(value: object) -> None:
    def locate(path: tuple[str | int, ...] = (), offset: int = 0) -> SourceLocation:
        return SourceLocation(file="/".join(map(str, path)), line=1, column=offset)

    model, problems = decode_value(value, Model, locate=locate)
    assert (model is None) == bool(problems)
    assert len(set(problems)) == len(problems)
