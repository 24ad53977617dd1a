"""What can be written in an expression, and what is said about the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.expressions.syntax import MAX_LEVELS, MAX_SOURCE, SyntaxProblem, parse
from pytest_orchestra.expressions.writing import text_of_tree


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("", "the expression is empty", "Write a name"),
        ("  \n", "the expression is empty", "Write a name"),
        ("a && b", "'&&' is not part of the language", "Write 'and'."),
        ("a || b", "'||' is not part of the language", "Write 'or'."),
        ("a === b", "'===' is not part of the language", "Write == or !=."),
        ("a !== b", "'===' is not part of the language", "Write == or !=."),
        ("!a", "'!' is not part of the language", "Write 'not'."),
        ("a = 1", "'=' assigns, and nothing can be assigned", "Write ==."),
        ("a ? b : c", "'?' is not part of the language", "Write: this if"),
        ("a == 1; b", "';' is not part of the language", "Write one expression."),
        ("{{a}} == 1", "'{{ }}' does not stand in an expression", "Leave it out."),
        ("a }} and {{ b", "this '}' closes nothing", "Remove it."),
        ("x.upper()", "methods cannot be called, '.upper()' neither", "Write it as a filter: … |"),
        ("x.uper()", "methods cannot be called", "Did you mean 'upper'?"),
        ("x['f']()", "only functions can be called", "Functions: all, any, file"),
        ("foo(1)", "there is no function 'foo'", "Functions: all, any, file"),
        ("uid()", "there is no function 'uid'", "Did you mean 'uuid'?"),
        ("range(3)", "there is no function 'range'", ""),
        ("lipsum()", "there is no function 'lipsum'", ""),
        ("len(1, 2)", "len() takes one value", ""),
        ("len()", "len() takes one value", ""),
        ("any(x=1)", "any() takes one value", ""),
        ("file(*a)", "'*' before an argument", ""),
        ("uuid", "'uuid' is a function", "Write uuid(…)."),
        ("[now]", "'now' is a function", "Write now(…)."),
        ("x|uper", "there is no filter 'uper'", "Did you mean 'upper'?"),
        ("x|attr('y')", "there is no filter 'attr'", ""),
        ("x|format", "there is no filter 'format'", ""),
        ("x|center(9)", "there is no filter 'center'", ""),
        ("x is definde", "there is no test 'definde'", "Did you mean 'defined'?"),
        ("a if b", "an 'if' without an 'else'", "Say what there is otherwise."),
        ("a ==", "the expression ends too early", "Complete it."),
        ("a b", "unexpected 'b'", ""),
        ("a.b(", "a ')' is missing", "Close what is open."),
        ("[1, (2]", "this ']' closes nothing", "Remove it."),
        ("a)", "this ')' closes nothing", "Remove it."),
        ("'abc' == 'abc", "unexpected char", ""),
        ("a }}{# #}", "this '}' closes nothing", ""),
        ("%}", "this '}' closes nothing", ""),
        ("1e999", "a number is too large", ""),
        ("9" * 5000, "a number has too many digits", ""),
        ("x" * (MAX_SOURCE + 1), f"the expression has more than {MAX_SOURCE} characters", "Split"),
        ("(" * 200 + "x" + ")" * 200, f"the expression has more than {MAX_LEVELS} levels", "Split"),
        ("not " * 2000 + "x", f"the expression has more than {MAX_LEVELS} levels", "Split"),
        ("x" + ".y" * 2000, f"the expression has more than {MAX_LEVELS} levels", "Split"),
        ("x" + " + x" * 500, f"the expression has more than {MAX_LEVELS} levels", "Split"),
        ("self", "there is no name 'self'", ""),
        ("x|regex_search('(')", "a ')' of the pattern is missing", ""),
        ("x is matching('a{2')", "a '{' of the pattern repeats nothing", ""),
        ("x|jsonpath('$.')", "the JSONPath goes wrong after '$.'", ""),
        ("x|map('attr', '__class__')", "there is no filter 'attr'", ""),
        ("x|map('uper')", "there is no filter 'uper'", "Did you mean 'upper'?"),
        ("x|select('od')", "there is no test 'od'", "Did you mean 'odd'?"),
        ("x|rejectattr('a', '=>', 1)", "there is no test '=>'", ""),
        ("x|center(10**9)", "there is no filter 'center'", ""),
        ("x|indent(10**9)", "there is no filter 'indent'", ""),
        ("'{0.__class__}'.format(x)", "methods cannot be called, '.format()'", ""),
        ("cycler.__init__.__globals__()", "methods cannot be called", ""),
        ("f'{x}'", "unexpected", ""),
        ("[x for x in y]", "", ""),
        ("lambda: 1", "", ""),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(source: str, message: str, hint: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse(source)
    assert caught.value.message.startswith(message)
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize(
    "source",
    [
        "a.b['c d'][0][x].e",
        "a[1:2]",
        "a[:n:2]",
        "1.5 + -x ** 2",
        "(a + b) * c // d % e - f / g",
        "a ~ 'x' ~ 1",
        "a == b != c < d <= e > f >= g",
        "a in [1, 'x', null, true]",
        "a not in {'k': 1, 'l': (1,)}",
        "not a and (b or c)",
        "a if b else c",
        "a|default('x')|join(', ', attribute='y')",
        "(a + b)|round(2)",
        "a is defined",
        "a is divisibleby(3)",
        "a is not none",
        "file('x' ~ y)",
        "uuid()",
        "len(a|list)",
        "a, b",
        "()",
        "+x",
        "'it\\'s' == \"a\\n\"",
        "none == None",
        "x|selectattr('a', '==', 1)",
        "'}}' ~ '{{' ~ '%}'",
        "{'a': {'b': 1}}",
    ],
)
def test_a_tree_is_written_so_that_it_is_read_as_the_same(source: str) -> None:
    tree = parse(source)
    assert parse(text_of_tree(tree)) == tree


@given(st.text(max_size=40))
def test_any_text_is_an_expression_or_a_problem(source: str) -> None:
    """Nothing that can be typed makes another error."""
    try:
        tree = parse(source)
    except SyntaxProblem:
        return
    assert parse(text_of_tree(tree)) == tree


TOKENS = st.sampled_from(
    [
        *("a", "b.c", "1", "1.5", "'x'", "true", "null", "(", ")", "[", "]", "{", "}", ",", ":"),
        *("|", "is", "in", "not", "and", "or", "if", "else", "==", "<", "+", "-", "*", "~", "."),
        *("len", "uuid", "default", "upper", "defined", "}}", "{{", "%}", "#}", "%", "="),
    ]
)


@given(st.lists(TOKENS, max_size=12).map(" ".join))
def test_any_words_of_the_language_are_an_expression_or_a_problem(source: str) -> None:
    """And an expression is written so that it is read as the same."""
    try:
        tree = parse(source)
    except SyntaxProblem:
        return
    assert parse(text_of_tree(tree)) == tree
