"""Calls of steps, compiled as their channels say, and what is said of wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.expressions.statements import StatementTemplate
from pytest_orchestra.expressions.templates import Template
from pytest_orchestra.spi import FieldUse
from pytest_orchestra.suite.bound import CallTemplate

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench


def call_of(bench: Bench, call: str, *, kind: str = "action", more: str = "") -> CallTemplate:
    bound = bench.bind(f"{more}\nsteps:\n  - {{at: Place order, {kind}: {call}}}\n")
    found = bound.scenarios[0].steps[0].step.call
    assert found is not None
    return found


def errors(bench: Bench, call: str, *, kind: str = "action") -> list[str]:
    return bench.errors(f"steps:\n  - at: Place order\n    {kind}: {call}\n")


def test_fields_are_compiled_as_they_are_used(bench: Bench) -> None:
    call = call_of(bench, '{channel: bus, topic: "t-{{run.id}}", key: k, value: {a: [1]}}')
    topic, value = call.fields["topic"], call.fields["value"]
    assert isinstance(topic, Template)
    assert topic.render({"run": {"id": "7"}}) == "t-7"
    assert isinstance(value, Template)
    assert value.render({}) == {"a": [1]}
    assert call.uses["topic"] is FieldUse.ADDRESS
    assert set(call.uses) == {"topic", "key", "value"}
    assert (call.channel, call.endpoint, call.credential) == ("bus", None, None)


def test_statements_are_bound_and_literals_stand(bench: Bench) -> None:
    sql = call_of(bench, '{channel: store, sql: "select {{visit}}"}', kind="assertion")
    statement = sql.fields["sql"]
    assert isinstance(statement, StatementTemplate)
    assert statement.render({"visit": 3}).values == (3,)
    web = call_of(bench, "{channel: web, endpoint: shop.show, safe: true}", kind="assertion")
    assert web.fields["safe"] is True


def test_an_endpoint_names_the_connection(bench: Bench) -> None:
    call = call_of(bench, "{channel: web, endpoint: shop.create, as: clerk}")
    assert call.endpoint is not None
    assert (call.connection, call.endpoint.name, call.credential) == ("shop", "create", "clerk")


def test_via_names_the_connection(bench: Bench) -> None:
    assert call_of(bench, "{channel: web, endpoint: shop.create, via: x}").connection == "x"


def test_without_an_environment_a_connection_may_stay_unknown(bench: Bench) -> None:
    assert call_of(bench, "{channel: bus, topic: t, value: 1}").connection == ""


def test_defaults_of_the_channel_fill_in_what_a_step_does_not_say(bench: Bench) -> None:
    more = "defaults: {bus: {key: k, via: main, as: me, value: v}}"
    call = call_of(bench, "{channel: bus, topic: t}", more=more)
    assert call.fields["key"].value == "k"
    assert (call.connection, call.credential) == ("main", "me")
    waiting = call_of(bench, "{channel: bus, topic: t}", kind="assertion", more=more)
    assert set(waiting.fields) == {"topic", "key"}


def test_null_takes_a_default_away(bench: Bench) -> None:
    more = "defaults: {bus: {key: k, via: main, as: me}}"
    text = "{channel: bus, topic: t, key: null, via: null, as: null, value: null}"
    call = call_of(bench, text, more=more)
    assert "key" not in call.fields
    assert (call.connection, call.credential) == ("", None)
    assert call.fields["value"].value is None


@pytest.mark.parametrize(
    ("call", "kind", "problem"),
    [
        (
            "{channel: busz, topic: t}",
            "action",
            "5:23: [unknown-channel] there is no channel 'busz'. Did you mean 'bus'?",
        ),
        (
            "{channel: xyz}",
            "action",
            (
                "5:23: [unknown-channel] there is no channel 'xyz'."
                " Installed channels: bus, store, web."
            ),
        ),
        (
            "{channel: grpc}",
            "action",
            ("5:23: [not-yet] the channel 'grpc' is not there yet. Leave out the step for now."),
        ),
        (
            "{channel: bus, topc: t, topic: t, value: 1}",
            "action",
            "5:28: [unknown-key] an action on bus has no 'topc'. Did you mean 'topic'?",
        ),
        (
            "{channel: bus, topic: t, value: 1, zzz: 1}",
            "action",
            (
                "5:48: [unknown-key] an action on bus has no 'zzz'."
                " Known keys: as, channel, key, mode, topic, value, via."
            ),
        ),
        (
            "{channel: bus, topic: t, value: 1}",
            "assertion",
            (
                "5:41: [unknown-key] an assertion on bus has no 'value'."
                " What is expected stands under 'expect'."
            ),
        ),
        (
            "{channel: web, endpoint: shop.create, safe: true}",
            "action",
            "5:51: [unknown-key] an action on web has no 'safe'. Only assertions have it.",
        ),
        (
            "{channel: bus, topic: t}",
            "action",
            "5:13: [missing-key] an action on bus needs 'value'. Add it.",
        ),
        (
            "{channel: web, endpoint: shop.change}",
            "action",
            "5:13: [missing-key] change needs 'input.path.id'. Add it.",
        ),
        (
            "{channel: web, endpoint: shop.change, input: {path: {ID: 1}}}",
            "action",
            "5:65: [missing-key] change needs 'input.path.id'. Add it.",
        ),
        (
            "{channel: web, endpoint: shop.create, input: {bdy: 1, x-mine: 2}}",
            "action",
            "5:59: [unknown-key] 'input' has no 'bdy'. Did you mean 'body'?",
        ),
        (
            "{channel: web, endpoint: shop.create, input: [1]}",
            "action",
            "5:58: [bad-value] 'input' is a mapping, found a list. Known keys: body, path.",
        ),
        (
            "{channel: store, sql: [1]}",
            "assertion",
            "5:38: [bad-value] 'sql' is text, found a list",
        ),
        (
            "{channel: web, endpoint: [1]}",
            "action",
            "5:38: [bad-value] 'endpoint' is text, found a list",
        ),
        (
            "{channel: web, endpoint: 'shop.{{data.x}}'}",
            "action",
            "5:38: [template-here] 'endpoint' cannot have a template. Write the value itself.",
        ),
        (
            "{channel: web, endpoint: shop.show, safe: [{a: '{{x}}'}]}",
            "assertion",
            "5:63: [template-here] 'safe' cannot have a template. Write the value itself.",
        ),
        (
            "{channel: web, endpoint: shop.creat}",
            "action",
            "5:38: [unknown-endpoint] nothing is called 'shop.creat'. Look again.",
        ),
        (
            "{channel: web, endpoint: shop.create}",
            "assertion",
            (
                "5:41: [unsafe-assertion] an assertion repeats its call, and create may change"
                " something. Make it an action, or say 'safe: true' if repeating it does no harm."
            ),
        ),
        (
            "{channel: bus, topic: '{{', value: 1}",
            "action",
            "5:35: [expression-syntax] this '{{' is never closed. Close it with '}}'.",
        ),
    ],
)
def test_what_a_channel_cannot_do_is_refused(
    bench: Bench, call: str, kind: str, problem: str
) -> None:
    assert errors(bench, call, kind=kind) == [problem]


@pytest.mark.parametrize("given", ["{path: {id: 1}}", '{path: "{{data.path}}"}', '"{{data.all}}"'])
def test_what_an_endpoint_needs_may_come_from_a_template(bench: Bench, given: str) -> None:
    bench.write("d.yaml", "- {name: a, values: {path: {id: 1}, all: {path: {id: 1}}}}")
    more = "data: {files: d.yaml}"
    call = f"{{channel: web, endpoint: shop.change, input: {given}}}"
    found = call_of(bench, call, more=more).endpoint
    assert found is not None
    assert found.needs == (("input", "path", "id"),)


def test_repeating_may_be_said_to_do_no_harm(bench: Bench) -> None:
    text = "{channel: web, endpoint: shop.create, safe: true}"
    assert call_of(bench, text, kind="assertion").endpoint is not None


def test_a_statement_with_a_template_in_quotes_is_refused(bench: Bench) -> None:
    (problem,) = errors(bench, "{channel: store, sql: \"select '{{visit}}'\"}", kind="assertion")
    assert problem == (
        "5:47: [expression-syntax] a value cannot stand in quotes."
        " Take the quotes away: a value is bound, never pasted."
    )


@pytest.mark.parametrize(
    ("defaults", "problem"),
    [
        (
            "{busz: {key: k}}",
            "2:12: [unknown-channel] there is no channel 'busz'. Did you mean 'bus'?",
        ),
        (
            "{bus: {kee: k}}",
            "2:18: [unknown-key] bus has no 'kee'. Did you mean 'key'?",
        ),
        (
            "{bus: {zzz: k}}",
            (
                "2:18: [unknown-key] bus has no 'zzz'. Known keys: as, contract, every, key,"
                " stable_for, topic, value, via, within."
            ),
        ),
        (
            "{bus: {key: '{{dta.x}}'}}",
            "2:23: [unknown-name] unknown name 'dta'. Did you mean 'data'?",
        ),
    ],
)
def test_mistakes_in_defaults_are_told_where_they_stand(
    bench: Bench, defaults: str, problem: str
) -> None:
    text = (
        f"defaults: {defaults}\n"
        "steps: [{at: Place order, action: {channel: bus, topic: t, value: 1}},"
        " {at: Place order, assertion: {channel: bus, topic: t}}]"
    )
    assert bench.errors(text) == [problem.replace("2:", "3:", 1)]


def test_connections_are_compared_with_the_environment(bench: Bench) -> None:
    environment = bench.environment("local: {web: {shop: {}}, bus: {a: {}, b: {}}}")
    text = """steps:
  - {at: Place order, action: {channel: web, endpoint: shop.create, via: shp}}
  - {at: Place order, action: {channel: bus, topic: t, value: 1}}
  - {at: Place order, assertion: {channel: store, sql: select 1}}
  - {at: Place order, action: {channel: web, endpoint: nothing}}
  - {at: Place order, action: {channel: bus, via: a, topic: t, value: 1}}
"""
    assert bench.errors(text, environment=environment) == [
        (
            "4:74: [unknown-connection] environment 'local' has no web connection 'shp'."
            " Did you mean 'shop'?"
        ),
        (
            "5:31: [which-connection] environment 'local' has 2 bus connections."
            " Name one of them with 'via': a, b."
        ),
        ("6:34: [no-connection] environment 'local' has no store connection. Add one to env.yaml."),
        "7:56: [unknown-endpoint] nothing is called 'nothing'. Look again.",
    ]


def test_the_only_connection_of_the_environment_is_taken(bench: Bench) -> None:
    environment = bench.environment("local: {bus: {main: {}}}")
    text = "steps: [{at: Place order, action: {channel: bus, topic: t, value: 1}}]"
    bound = bench.bind(text, environment=environment)
    call = bound.scenarios[0].steps[0].step.call
    assert call is not None
    assert call.connection == "main"


def test_endpoints_are_not_judged_where_the_descriptions_have_mistakes(bench: Bench) -> None:
    text = "specs: 3\nsteps: [{at: Place order, action: {channel: web, endpoint: shop.x}}]"
    assert bench.errors(text) == ["2:8: [bad-value] expected a mapping, found number 3"]
    text = "specs: {shop: 3}\nsteps: [{at: Place order, action: {channel: web, endpoint: shop.x}}]"
    assert bench.errors(text) == [
        "2:15: [bad-value] expected text, found number 3. Put it in quotes."
    ]
