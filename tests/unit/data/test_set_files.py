"""Files of data sets: what is in them, what they extend, what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from pytest_orchestra.data.data_sets import Scope
from pytest_orchestra.data.set_files import read_data_sets
from pytest_orchestra.data.written_sets import written_sets
from pytest_orchestra.documents.problems import MAX_PROBLEMS

Write = Callable[[str, str], Path]
Refused = Callable[[Callable[[], object]], list[str]]

YAML = """\
- name: vip
  tags: [gold, eu]
  values: {customer: Ada, amount: 12.10, x-own: kept, code: 010}
  x-note: mine
- {name: plain, tags: basic, origin: IMPORTED}
"""


def test_sets_of_a_yaml_file(write: Write) -> None:
    path = write("a.yaml", YAML)
    vip, plain = read_data_sets([path], Scope.SUITE)
    assert vip.name == "vip"
    assert vip.tags == ("gold", "eu")
    assert vip.values == {
        "customer": "Ada",
        "amount": Decimal("12.10"),
        "x-own": "kept",
        "code": "010",
    }
    assert vip.scope is Scope.SUITE
    assert vip.origin == "MANUAL"
    assert vip.file == str(path)
    assert vip.location.line == 1
    assert (plain.tags, plain.values, plain.origin) == (("basic",), {}, "IMPORTED")


def test_sets_of_a_json_file(write: Write) -> None:
    path = write("a.json", '[{"name": "x", "values": {"n": 1.50}}]')
    (found,) = read_data_sets([path], Scope.GLOBAL)
    assert found.values == {"n": Decimal("1.50")}


def test_sets_of_a_csv_file_are_rows_of_text(write: Write) -> None:
    path = write("a.csv", "name,amount,tags,origin,note\nvip,12.10,gold eu,IMPORTED,\np,5,,,x\n")
    vip, plain = read_data_sets([path], Scope.SUITE)
    assert vip.values == {"amount": "12.10", "note": ""}
    assert (vip.tags, vip.origin, vip.location.line) == (("gold", "eu"), "IMPORTED", 2)
    assert (plain.name, plain.tags, plain.origin) == ("p", (), "MANUAL")


def test_a_csv_row_without_a_name(write: Write, refused: Refused) -> None:
    path = write("a.csv", "name,x\n,1\n")
    assert refused(lambda: read_data_sets([path], Scope.SUITE)) == [
        "a.csv:2: error[missing-key] the key 'name' is missing. Add it."
    ]


def test_a_csv_file_without_a_column_of_names_is_told_once(write: Write, refused: Refused) -> None:
    path = write("a.csv", "Nam,x\nvip,1\nplain,2\n")
    assert refused(lambda: read_data_sets([path], Scope.SUITE)) == [
        "a.csv:1: error[csv-columns] no column is called 'name'. Did you mean 'Nam'?"
    ]


def test_files_keep_their_order_and_are_read_once(write: Write) -> None:
    second = write("b.yaml", "- name: b\n")
    first = write("a.yaml", "- name: a\n")
    found = read_data_sets([second, first, second], Scope.SUITE)
    assert [each.name for each in found] == ["b", "a"]


def test_all_mistakes_of_all_files_come_together(
    tmp_path: Path, write: Write, refused: Refused
) -> None:
    paths = [
        write("a.yaml", "- {name: x, tgas: [a]}\n- {values: {}}\n- {name: y, extends: [x]}\n"),
        write("b.yaml", "name: x\n"),
        write("c.yaml", "- {name: z}\n- {name: z}\n"),
        tmp_path / "d.yaml",
        write("e.yaml", "- {name: w, schema: {}, refused_by: [place], origin: MADE}\n- name: ''\n"),
    ]
    assert refused(lambda: read_data_sets(paths, Scope.SUITE)) == [
        "a.yaml:1:13: error[unknown-key] unknown key 'tgas'. Did you mean 'tags'?",
        "a.yaml:2:3: error[missing-key] the key 'name' is missing. Add it.",
        "a.yaml:3:22: error[bad-value] expected text, found a list",
        "b.yaml:1:1: error[bad-value] expected a list, found a mapping",
        "c.yaml:2:3: error[data-twice] the data set 'z' is also at c.yaml:1:3. Rename one of them.",
        "d.yaml: error[file-missing] there is no such file. Check its name and folder.",
        "e.yaml:1:21: error[bad-value] expected text, found a mapping",
        "e.yaml:1:37: error[bad-value] expected text, found a list",
        (
            "e.yaml:1:54: error[bad-value] expected one of MANUAL, AI_GENERATED, IMPORTED,"
            " found text 'MADE'"
        ),
        "e.yaml:2:9: error[bad-value] expected at least 1 characters, found text ''",
    ]


def test_a_set_has_what_it_extends_and_its_own_values_win(write: Write) -> None:
    path = write(
        "a.yaml",
        "- {name: c, extends: b, tags: t, values: {deep: {y: 2}}}\n"
        "- {name: b, extends: a, values: {n: 2}}\n"
        "- {name: a, tags: [x], origin: IMPORTED, values: {n: 1, m: 1, deep: {x: 1}}}\n",
    )
    c, b, a = read_data_sets([path], Scope.SUITE)
    assert c.values == {"n": 2, "m": 1, "deep": {"y": 2}}
    assert b.values == {"n": 2, "m": 1, "deep": {"x": 1}}
    assert a.values == {"n": 1, "m": 1, "deep": {"x": 1}}
    assert (c.tags, c.origin) == (("t",), "MANUAL")


def test_a_row_extends_a_set_of_another_file(write: Write) -> None:
    table = write("a.csv", "name,extends,n\nb,a,2\n")
    found = read_data_sets([table, write("b.yaml", "- {name: a, values: {m: 1}}")], Scope.SUITE)
    assert found[0].values == {"m": 1, "n": "2"}


def test_of_sets_with_one_name_the_nearest_is_extended(write: Write) -> None:
    far = read_data_sets(
        [write("far.yaml", "- {name: a, values: {n: 1}}\n- {name: b, values: {n: 2}}\n")],
        Scope.GLOBAL,
    )
    near = write(
        "near.yaml",
        "- {name: a, extends: a, values: {m: 1}}\n"
        "- {name: c, extends: a}\n"
        "- {name: d, extends: b}\n",
    )
    a, c, d = read_data_sets([near], Scope.SUITE, beyond=far)
    assert a.values == c.values == {"n": 1, "m": 1}
    assert d.values == {"n": 2}


def test_long_chains_are_followed(write: Write) -> None:
    many = 3000
    sets = [f"- {{name: n{i}, extends: n{i + 1}}}" for i in range(many)]
    path = write("a.yaml", "\n".join([*sets, f"- {{name: n{many}, values: {{a: 1}}}}"]))
    assert read_data_sets([path], Scope.SUITE)[0].values == {"a": 1}


def test_what_cannot_be_extended_is_told_once(write: Write, refused: Refused) -> None:
    path = write(
        "a.yaml",
        "- {name: a, extends: b}\n- {name: b, extends: c}\n- {name: c, extends: b}\n"
        "- {name: d, extends: d}\n- {name: e, extends: vib}\n- {name: vip}\n"
        "- {name: f, extends: a}\n",
    )
    assert refused(lambda: read_data_sets([path], Scope.SUITE)) == [
        (
            "a.yaml:2:22: error[data-circle] the data set 'b' extends itself by way of 'c'."
            " Let one of them stand by itself."
        ),
        (
            "a.yaml:4:22: error[data-circle] the data set 'd' extends itself."
            " Let one of them stand by itself."
        ),
        "a.yaml:5:22: error[unknown-data] no data set is called 'vib'. Did you mean 'vip'?",
    ]


def test_nothing_is_missed_where_sets_are_not_known(write: Write, refused: Refused) -> None:
    """They may be in a file that is wrong, or in farther scopes that cannot be read."""
    path = write("a.yaml", "- {name: a, extends: gone, values: {n: 1}}\n")
    (found,) = read_data_sets([path], Scope.SUITE, beyond=None)
    assert found.values == {"n": 1}
    paths = [path, write("b.yaml", "- {nam: gone}\n")]
    told = refused(lambda: read_data_sets(paths, Scope.SUITE))
    assert all(line.startswith("b.yaml:1:") for line in told)


def test_a_negative_set_says_what_refuses_it(write: Write) -> None:
    path = write(
        "a.yaml",
        "- {name: a, refused_by: place}\n"
        "- {name: b, extends: a, refused_by: place, expect: {status: 4xx}}\n"
        "- {name: c, extends: a}\n",
    )
    a, b, c = read_data_sets([path], Scope.SUITE)
    assert a.refused is not None
    assert (a.refused.alias, a.refused.status, str(a.refused.location)) == (
        "place",
        (),
        f"{path}:1:25",
    )
    assert b.refused is not None
    assert b.refused.status == ("4xx",)
    assert c.refused is None
    (row,) = read_data_sets([write("a.csv", "name,refused_by\na,place\n")], Scope.SUITE)
    assert row.refused is not None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{name: a, expect: {status: 400}}", "a.yaml:1:21: error[bad-value] 'expect' is for sets"),
        ("{name: a, refused_by: p, expect: {staus: 1}}", "a.yaml:1:37: error[unknown-key] unknown"),
        ("{name: a, refused_by: p, expect: {status: 9}}", "a.yaml:1:45: error[bad-value] there is"),
        ("{name: a, refused_by: ''}", "a.yaml:1:25: error[bad-value] expected at least 1 charac"),
    ],
)
def test_mistakes_of_negative_sets(write: Write, refused: Refused, text: str, problem: str) -> None:
    path = write("a.yaml", f"- {text}\n")
    (told,) = refused(lambda: read_data_sets([path], Scope.SUITE))
    assert told.startswith(problem)


# -- schemas -----------------------------------------------------------------------------------

OPENAPI = """\
openapi: 3.0.3
components:
  schemas:
    Order:
      type: object
      required: [amount]
      properties:
        amount: {type: number, minimum: 1, exclusiveMinimum: true}
        sku: {$ref: '#/components/schemas/Sku'}
        quantity: {type: integer, nullable: true}
        gift: {type: boolean}
        day: {type: string, format: date}
        items: {type: array, items: {$ref: '#/components/schemas/Sku'}}
        id: {type: string, readOnly: true}
    Sku: {type: string, minLength: 2}
    Broken: {type: string, pattern: '('}
"""
ORDER = "shop.openapi.yaml#/components/schemas/Order"


@pytest.fixture
def openapi(write: Write) -> str:
    write("shop.openapi.yaml", OPENAPI)
    return ORDER


def test_a_schema_types_the_cells_of_a_table(write: Write, openapi: str) -> None:
    path = write(
        "a.csv",
        "name,schema,amount,sku,quantity,gift,day,items,other\n"
        f'a,{openapi},1.50,010,,TRUE,2024-02-29,"[""ab""]",\n'
        f"b,{openapi},2,ab,3,,,,7\n"
        "c,,2,ab,3,,,,\n",
    )
    a, b, c = read_data_sets([path], Scope.SUITE)
    assert a.values == {
        "amount": Decimal("1.50"),
        "sku": "010",
        "quantity": None,
        "gift": True,
        "day": "2024-02-29",
        "items": ["ab"],
        "other": "",
    }
    assert isinstance(b.values["quantity"], int)
    assert b.values == {"amount": 2, "sku": "ab", "quantity": 3, "other": "7"}
    assert c.values["quantity"] == "3"


def test_a_row_has_places_as_a_set_of_another_file_has(write: Write) -> None:
    """Its own columns beside its values, also of a column that is called so."""
    path = write("a.csv", "name,tags,values\na,x,7\n")
    (found,) = written_sets(path, [])
    assert found.document.places is not None
    parts = found.document.places.parts[0].parts
    assert (list(parts), len(parts)) == (["values", "name", "tags"], 3)
    assert [str(found.at(*way)).rpartition("a.csv:")[2] for way in (("tags",), ("values",))] == [
        "2:3",
        "2",
    ]
    assert str(found.at("values", "values")).endswith("a.csv:2:5")


def test_cells_that_break_their_schema_are_told_where_they_stand(
    write: Write, refused: Refused, openapi: str
) -> None:
    path = write(
        "a.csv",
        "name,schema,amount,quantity,gift,day,items\n"
        f"a,{openapi},1,1.5,yes,29.2.2024,[\n"
        f"b,{openapi},,{'9' * 500},true,2024-01-01,[]\n",
    )
    told = refused(lambda: read_data_sets([path], Scope.SUITE))
    first = len(f"a,{openapi},") + 1
    assert [line.partition(". ")[0] for line in told[:5]] == [
        f"a.csv:2:{first + offset}: error[data-breaks-schema] data set 'a': {what}"
        for offset, what in (
            (0, "amount 1 is not more than 1"),
            (2, "quantity '1.5' is not an integer or null"),
            (6, "gift 'yes' is not a boolean"),
            (10, "day '29.2.2024' is not a date"),
            (20, "items '[' is not an array"),
        )
    ]
    begin = f"a.csv:3:{first + 1}: error[data-breaks-schema] data set 'b': quantity '999"
    assert told[6].startswith(begin)
    begin = f"a.csv:3:{first}: error[data-breaks-schema] data set 'b': amount is missing"
    assert told[5].startswith(begin)


def test_values_that_break_their_schema_are_told_where_they_stand(
    write: Write, refused: Refused, openapi: str
) -> None:
    path = write(
        "a.yaml",
        f"- name: a\n  schema: {openapi}\n  values:\n    amount: 2\n    items:\n      - ab\n"
        f"      - b\n- name: b\n  extends: a\n  schema: {openapi}\n  values: {{gift: 1}}\n",
    )
    told = refused(lambda: read_data_sets([path], Scope.SUITE))
    begin = ": error[data-breaks-schema] data set "
    assert [line.removesuffix(". Correct the value, or the schema.") for line in told] == [
        f"a.yaml:7:9{begin}'a': items[1] 'b' is shorter than 2 characters",
        f"a.yaml:9:12{begin}'b': items[1] 'b' is shorter than 2 characters",
        f"a.yaml:11:18{begin}'b': gift 1 is not a boolean",
    ]


def test_a_json_schema_is_a_file_beside_the_data(write: Write) -> None:
    number = '{"anyOf": [{"type": "integer"}, {"type": "null"}]}'
    write("s/order.json", f'{{"properties": {{"n": {number}}}}}')
    path = write("d/a.csv", "name,schema,n\na,../s/order.json,1\nb,../s/order.json,\n")
    assert [each.values for each in read_data_sets([path], Scope.SUITE)] == [{"n": 1}, {"n": None}]


@pytest.mark.usefixtures("openapi")
def test_a_schema_that_cannot_be_used_is_told_once(write: Write, refused: Refused) -> None:
    path = write(
        "a.yaml",
        "- {name: a, schema: gone.json}\n- {name: b, schema: gone.json}\n"
        "- {name: c, schema: 'shop.openapi.yaml#/components/schemas/Ordr'}\n"
        "- {name: d, schema: 'shop.openapi.yaml#/components/schemas/Broken'}\n",
    )
    told = refused(lambda: read_data_sets([path], Scope.SUITE))
    assert told[:2] == [
        (
            "a.yaml:1:21: error[data-schema] the schema 'gone.json' cannot be read."
            " Paths are taken from the data file's folder."
        ),
        (
            "a.yaml:3:21: error[data-schema] the schema"
            " 'shop.openapi.yaml#/components/schemas/O…': '#/components/schemas/Ordr' leads"
            " nowhere: there is no 'Ordr'. Did you mean 'Order'?"
        ),
    ]
    assert "the pattern '(' cannot be read" in told[2]
    assert told[3].startswith("gone.json: error[file-missing]")


def test_recursive_schemas_end(write: Write) -> None:
    own = '{"properties": {"n": {"type": "integer"}}}'
    write("s.json", f'{{"anyOf": [{{"$ref": "#"}}, {{"allOf": [{{"$ref": "#"}}]}}, {own}]}}')
    path = write("a.csv", "name,schema,n\na,s.json,1\n")
    (found,) = read_data_sets([path], Scope.SUITE)
    assert found.values == {"n": 1}


def test_of_very_many_breaches_the_first_are_told(
    write: Write, refused: Refused, openapi: str
) -> None:
    rows = [f"n{i},{openapi},x" for i in range(300)]
    path = write("a.csv", "\n".join(["name,schema,amount", *rows]))
    told = refused(lambda: read_data_sets([path], Scope.SUITE))
    assert len(told) == MAX_PROBLEMS + 1
    assert "more problems" in told[-1]


def test_a_table_that_is_too_large_is_refused_before_it_is_read(
    write: Write, refused: Refused
) -> None:
    path = write("a.csv", "name,x\n" + "a,b\n" * (50 * 1024 * 1024 // 4))
    (told,) = refused(lambda: read_data_sets([path], Scope.SUITE))
    assert told.startswith("a.csv: error[file-too-large] the file is larger than 8388608 bytes.")
