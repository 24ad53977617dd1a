"""Evaluates what must not go off, within the memory and time that its caller allows.

Prints each bomb that gave a value, or an error that is none of ours; then ``done``.
"""

from __future__ import annotations

import itertools
import resource
import sys
import time
from decimal import Decimal

from pytest_orchestra.errors import OrchestraError
from pytest_orchestra.expressions import evaluate_condition
from pytest_orchestra.expressions.rules import compile_rules
from pytest_orchestra.expressions.statements import compile_statement
from pytest_orchestra.expressions.templates import compile_template

MEMORY = 1_500_000_000
"""Bytes that all of them may take; half a gigabyte is what they are given."""
SECONDS = 300
"""Of the processor, for all of them."""
NAMES = {
    "data": {
        "big": "x" * 9_000_000,
        "long": list(range(100_000)),
        "lists": [[1] * 1_000] * 1_000,
        "empty": [""] * 1_000,
        "number": Decimal("1e999999"),
        "quote": '"',
    }
}
WIDE = "'" + "x" * 4_900 + "'"
NESTED = "data.empty" + " | map('default', data.empty, true)" * 8  # 1,000 ** 9 items
EXPRESSIONS = (
    "'a' * 10**9",
    "[0] * 10**9",
    "9**9**9",
    "2 ** 100000 ** 2",
    "range(10**9)",
    "'%0999999999d' % 1",
    "data.quote" + " | json" * 50,
    "'%'" + " | urlencode" * 8 + " | list | map('replace', '%', data.big)",
    "'é' | base64" + " | list | join('éééé') | base64" * 9,
    f"{WIDE} | list | map('replace', 'x', {WIDE}) | map('replace', 'x', {WIDE}) | list",
    "data.empty | map('default', data.big, true) | join",
    "data.empty | map('default', data.big, true) | map('upper') | list",
    "data.long | select('in', data.long)",
    "data.long | map('default', 1) | map('list')",
    "data.big | list | map('list') | map('list')",
    f"{NESTED} | json",
    f"[{NESTED}, {NESTED} | list] | sort",
    f"[{NESTED}]",
    f"{NESTED} | flatten | flatten | flatten",
    f"{NESTED} | jsonpath('$..*..*..*')",
    "data.lists | jsonpath('$..[?@ == $..*]')",
    "data.lists | jsonpath('$[?$..[?$..[?$..x]]]')",
    "data.big | regex_findall('x?x?x?x?x?x?x?x?x?x?y')",
    "data.big | regex_replace('', data.big)",
    "(data.big ~ '!') is matching('(x+)+')",
    "'2026-11-21' | strftime('%999999999d')",
    "1 | zfill(10**9)",
    "1 | round(10**9)",
    "data.number | int",
    "data.number | format_number",
    "data.big + data.big",
    "data.big ~ data.big",
    "data.big | split('x') | join(data.big)",
    "[" * 5_000 + "]" * 5_000,
    "1" + "+1" * 4_000,
    "1" * 9_000,
    "x" * 1_000_000,
    '"\\"' * 400_000,
    "''.__class__.__mro__[1].__subclasses__()",
    "data | attr('__class__')",
    "data.__class__",
    "data | map(attribute='__class__') | list",
    "data.long | map('attr', '__class__') | list",
    "data.long.append(1)",
    "data['__init__']",
    "self.__init__",
    "cycler.__init__.__globals__",
    "namespace(x=1)",
    "lipsum.__globals__",
    "joiner",
    "'{0.__class__}'.format(1)",
    "'{0.__class__}' | format(1)",
    "f'{data}'",
    "[x for x in data.long]",
    "lambda: 1",
    "data.x := 1",
)
FEEL = (
    "for a in 1..1000, b in 1..1000, c in 1..1000 return a = 0",
    "some a in 1..1000000000 satisfies a = 0",
    "count(1..1000000000000) > 0",
    '"a" * 1000000000 = "a"',
    "10 ** 1000000 > 1",
    "string length(substring(a, 1)) > 1 and (" * 400 + "true" + ")" * 400,
    "(" * 10_000,
    "not(" * 5_000 + "true" + ")" * 5_000,
    "1" + " + 1" * 100_000 + " > 1",
    "1" * 1_000_000,
    '"' + "x" * 2_000_000,
    "a.__class__ = 1",
    '__import__("os").system("true") = 1',
    "open(a) = 1",
)
JUEL = (
    '${"".getClass().forName("java.lang.Runtime")}',
    "${a.__class__ == 1}",
    "${" + "(" * 10_000 + "}",
    "${" + "!" * 100_000 + "true}",
    "${" + "a." * 50_000 + "b}",
)


def evaluate_expression(source: str) -> None:
    """As a template, a rule and a parameter."""
    compile_template(f"{{{{ {source} }}}}").render(NAMES)


def judge(source: str) -> None:
    """As a rule, which has no value; its parts must be bounded too."""
    (rule,) = compile_rules([source])
    outcome = rule.check(NAMES)
    if not outcome.holds:
        raise OrchestraError(outcome.error or "it does not hold")


def bind(source: str) -> None:
    """As a parameter of a statement."""
    compile_statement(f"select {{{{ {source} }}}}").render(NAMES)


def main() -> None:
    """Try them all."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    ways = itertools.cycle((evaluate_expression, judge, bind))
    for source, way in zip(EXPRESSIONS, ways, strict=False):
        report(source, lambda way=way, source=source: way(source))  # type: ignore[misc]
    for language, conditions in (("feel", FEEL), ("juel", JUEL)):
        for source in conditions:
            report(
                source,
                lambda source=source, language=language: evaluate_condition(  # type: ignore[misc]
                    source, {"a": "x" * 100_000}, language=language
                ),
            )
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    sys.stderr.write(f"{time.process_time():.0f} s, {megabytes:.0f} MB\n")
    sys.stdout.write("done\n")


def report(source: str, go: object) -> None:
    """Let one go off."""
    began = time.process_time()
    try:
        value = go()  # type: ignore[operator]
    except OrchestraError:
        value = None
    except BaseException as error:  # noqa: BLE001 - also a MemoryError
        sys.stdout.write(f"{source[:60]}: {type(error).__name__}: {error}"[:200] + "\n")
        return
    if value is True:
        sys.stdout.write(f"{source[:60]}: gave a value\n")
    if (seconds := time.process_time() - began) > 2:
        sys.stderr.write(f"{seconds:.1f} s: {source[:70]}\n")


if __name__ == "__main__":
    main()
