"""Bad input gives one clear message, a non-zero exit, and no traceback of ours."""

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

STEP = '- {at: Ship order, action: {channel: http, endpoint: "orders POST /orders"}}\n'
NO_LISTENER = "127.0.0.1:9"

Write = Callable[..., None]


class Mistake(NamedTuple):
    """A text in one of the shop's files that is replaced by a wrong one, and what is said of it.

    Where there is nothing to replace, the wrong text is added at the end. ``…`` is any text.
    """

    file: str
    wrong: str
    message: str
    right: str = ""

    def make(self, shop: pytest.Pytester) -> None:
        path = shop.path / self.file
        text = path.read_text(encoding="utf-8")
        assert self.right in text
        new = text.replace(self.right, self.wrong) if self.right else text + self.wrong
        path.write_text(new, encoding="utf-8")

    def is_told_by(self, text: str) -> bool:
        pattern = ".*".join(map(re.escape, self.message.split("…")))
        return re.fullmatch(pattern, text) is not None


SUITE = "order.suite.yaml"
MISTAKES = {
    "broken XML": Mistake(
        "order.bpmn",
        right="</process>",
        wrong="",
        message="order.bpmn:17:…: error[not-xml] the file is not well-formed XML: …",
    ),
    "not BPMN": Mistake(
        "order.bpmn",
        right="http://www.omg.org/spec/BPMN/20100524/MODEL",
        wrong="urn:other",
        message="order.bpmn:2: error[not-bpmn] …Export the process as BPMN 2.0 XML…",
    ),
    "unknown key": Mistake(
        SUITE,
        wrong="colour: red\n",
        message=f"{SUITE}:10:1: error[unknown-key] unknown key 'colour'. Known keys: …",
    ),
    "a key of a later version": Mistake(
        SUITE,
        wrong="library: []\n",
        message=f"{SUITE}:10:1: error[not-yet] the key 'library' is not there yet…",
    ),
    "no process file": Mistake(
        SUITE,
        right="order.bpmn",
        wrong="ordre.bpmn",
        message=f"{SUITE}:2:10: error[file-missing] there is no such file: ordre.bpmn."
        " Paths are taken from the suite file's folder.",
    ),
    "unknown element": Mistake(
        SUITE,
        wrong="steps:\n" + STEP.replace("Ship", "Shp"),
        message=f"{SUITE}:11:8: error[unknown-element] process 'order' has no element called"
        " 'Shp order'. Did you mean 'Ship order'?",
    ),
    "a call": Mistake(SUITE, wrong="steps:\n" + STEP, message=""),
    "unknown alias": Mistake(
        SUITE,
        wrong="steps:\n" + STEP.replace("}}", ", input: {body: '{{step.chek.id}}'}}}"),
        message=f"{SUITE}:11:91: error[unknown-step] 'step.chek.id': no step has the alias 'chek'."
        " Did you mean 'check'?",
    ),
    "unknown endpoint": Mistake(
        SUITE,
        wrong="steps:\n" + STEP.replace("orders POST /orders", "orders"),
        message=f"{SUITE}:11:54: error[unknown-endpoint] 'orders' is no endpoint."
        " Write service.operationId or service METHOD /path.",
    ),
    "data that no file holds": Mistake(
        SUITE,
        right="data: large",
        wrong="data: lagre",
        message=f"{SUITE}:9:25: error[unknown-data] no data set is called 'lagre'."
        " Did you mean 'large'?",
    ),
    "a wrong data file": Mistake(
        "data.yaml",
        right="values: {amount: 5}",
        wrong="value: {amount: 5}",
        message="data.yaml:1:17: error[unknown-key] unknown key 'value'. Did you mean 'values'?",
    ),
    "a wrong type": Mistake(
        SUITE,
        right="tags: [orders]",
        wrong="tags: {orders: 1}",
        message=f"{SUITE}:3:7: error[…] …",
    ),
    "a way into Python": Mistake(
        SUITE,
        wrong="steps:\n"
        + STEP.replace("}}", ", input: {body: '{{data.mro()}} {{\"\"|attr(1)}}'}}}"),
        message=f"{SUITE}:11:91: error[expression-syntax] methods cannot be called, '.mro()'"
        f" neither. …\n{SUITE}:11:107: error[expression-syntax] there is no filter 'attr'. …",
    ),
    "a bomb": Mistake(
        SUITE,
        wrong="steps:\n"
        + STEP.replace("}}", ", input: {body: '{{" + "(" * 90 + ")" * 90 + "}}'}}}"),
        message=f"{SUITE}:11:91: error[expression-syntax] the expression has more than 60 levels.…",
    ),
    "no environment file": Mistake(
        SUITE,
        wrong="environment: staging\n",
        message=f"{SUITE}:10:14: there is no environment 'staging': no"
        " orchestra.environments.yaml was found. Put one beside the suite or in …",
    ),
    "no Python module": Mistake(
        SUITE,
        right="shop_steps.py",
        wrong="steps_of_shop.py",
        message=f"{SUITE}:4:10: python: steps_of_shop.py is not a Python file."
        " Paths are taken from the suite file's folder.",
    ),
    "a Python module that raises": Mistake(
        "shop_steps.py",
        wrong="import orchestra_of_nobody\n",
        message=f"{SUITE}:4:10: python: shop_steps.py:12 cannot be imported: ModuleNotFoundError:"
        " No module named 'orchestra_of_nobody'. Install what it imports, or correct it.",
    ),
    "a Python module that is none": Mistake(
        "shop_steps.py",
        right="import pytest_orchestra",
        wrong="import import",
        message=f"{SUITE}:4:10: python: shop_steps.py:1 cannot be imported: SyntaxError: …",
    ),
    "a wrong decorator": Mistake(
        "shop_steps.py",
        right='alias="check"',
        wrong='within="soon"',
        message="shop_steps.py:4: error[python-step] 'soon' is no deadline."
        " Write seconds above 0, or text like '10s'",
    ),
    "a Python step at no element": Mistake(
        "shop_steps.py",
        wrong='@orchestra.step("Shp order")\ndef ship(): ...\n',
        message="shop_steps.py:12: error[unknown-element] process 'order' has no element called"
        " 'Shp order'. Did you mean 'Ship order'?",
    ),
}


def refusal(result: pytest.RunResult) -> str:
    """The text of the only error of a session that could not collect the suite."""
    assert result.ret in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.TESTS_FAILED)
    result.assert_outcomes(errors=1)
    printed = result.stdout.str()
    assert "Traceback" not in printed
    assert "site-packages" not in printed
    found = re.search(rf"__ ERROR collecting {SUITE} __+\n(.*?)\n=====", printed, re.DOTALL)
    assert found is not None, printed
    return found[1]


@pytest.mark.parametrize("name", [name for name in MISTAKES if MISTAKES[name].message])
def test_a_file_that_cannot_be_used_is_refused_where_it_is_wrong(
    shop: pytest.Pytester, name: str
) -> None:
    """File, line and what to do."""
    mistake = MISTAKES[name]
    mistake.make(shop)
    text = refusal(shop.runpytest())
    assert mistake.is_told_by(text), text


TABLE = "data: {files: data.csv}"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("name,amount\nsmall,5\nlarge,500,0\n", "data.csv:3: error[csv-row] this row has 3 cells"),
        ('name,amount\nsmall,"5\nlarge,500\n', "data.csv:2: error[csv-syntax] unexpected end"),
        ("name,amount\nsmall,5\n" + "x" * 50_000_000, "data.csv: error[file-too-large] the file"),
        ("name,amount\n" + "x,1\n" * 100_001, "data.csv:100002: error[file-too-large] the table"),
    ],
    ids=["a row", "a quote", "50 MB", "rows"],
)
def test_a_table_that_cannot_be_used_is_refused_where_it_is_wrong(
    shop: pytest.Pytester, table: str, message: str
) -> None:
    """And what is too large is not read to its end."""
    Mistake(SUITE, TABLE, "", "data: {files: data.yaml}").make(shop)
    (shop.path / "data.csv").write_text(table, encoding="utf-8")
    assert refusal(shop.runpytest()).startswith(message)


def test_what_goes_wrong_in_a_template_is_told_at_its_step(
    shop: pytest.Pytester, write: Write
) -> None:
    """A circle of files, a number too large, a text too long: nothing is sent."""
    bodies = ("{{file('a.json')}}", "{{9**9**999}}", "{{[visit] | join | zfill(10**9)}}")
    steps = "".join(
        STEP.replace("Ship order", place).replace("}}", f', input: {{body: "{body}"}}}}}}')
        for body, place in zip(bodies, ("Placed", "Ship order", "Done"), strict=True)
    )
    text = (shop.path / SUITE).read_text("utf-8")
    (shop.path / SUITE).write_text(f"{text}steps:\n{steps}", encoding="utf-8")
    write(
        a__json="[\"{{file('b.json')}}\"]",
        b__json="[\"{{file('a.json')}}\"]",
        orchestra__environments__yaml=f"local: {{http: {{orders: {{url: 'http://{NO_LISTENER}'}}}}}}",
    )
    result = shop.runpytest("-k", "main", "--orchestra-mode=RUN_ALL_STEPS")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        [
            f"*VALIDATION_ERROR: {SUITE}:11:*: `file('a.json')`: *includes itself:",
            "*a.json → b.json → a.json. Let one of them stand by itself.",
            f"*VALIDATION_ERROR {SUITE}:12:*: `9[*][*]9[*][*]999`: the result is too large*",
            f"*VALIDATION_ERROR {SUITE}:13:*: the width is past 1*",
        ]
    )


def test_workers_say_the_same_once(shop: pytest.Pytester) -> None:
    """Every worker meets the mistake; xdist shows it once."""
    mistake = MISTAKES["broken XML"]
    mistake.make(shop)
    assert mistake.is_told_by(refusal(shop.runpytest("-n", "2")))


def test_the_summary_says_what_is_wrong(shop: pytest.Pytester) -> None:
    """As for a test that failed."""
    MISTAKES["unknown key"].make(shop)
    shop.runpytest().stdout.fnmatch_lines([f"ERROR {SUITE} - {SUITE}:10:1: error*"])


def test_all_mistakes_are_told_together(shop: pytest.Pytester) -> None:
    """Not one after the other, run after run."""
    for name in ("data that no file holds", "unknown element", "a Python step at no element"):
        MISTAKES[name].make(shop)
    places = [line.partition(" ")[0] for line in refusal(shop.runpytest()).splitlines()]
    assert sorted(places) == [f"{SUITE}:11:8:", f"{SUITE}:9:25:", "shop_steps.py:12:"]


def test_mistakes_of_other_files_hide_none_of_the_suite(
    shop: pytest.Pytester, write: Write
) -> None:
    """Environment, Python modules, data sets of every suite, and the suite's own."""
    shop.makeini(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\norchestra_data = all.yaml\n"
    )
    write(broken_steps__py="raise OSError(5)\n")
    for name in ("no environment file", "unknown element"):
        MISTAKES[name].make(shop)
    Mistake(SUITE, "[broken_steps.py, gone.py, shop_steps.py]", "", "[shop_steps.py]").make(shop)
    told = refusal(shop.runpytest()).splitlines()
    assert [line.partition(": ")[0].rpartition("/")[2] for line in told] == [
        f"{SUITE}:10:14",
        f"{SUITE}:4:10",
        f"{SUITE}:4:27",
        "tox.ini",
        f"{SUITE}:12:8",
    ]


def test_several_modules_of_one_folder_may_be_named(shop: pytest.Pytester, write: Write) -> None:
    """Their asserts are explained, and nothing is warned of."""
    write(
        more_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Ship order")
        def ship():
            assert len("ab") == 3
        """
    )
    Mistake(SUITE, "[shop_steps.py, more_steps.py]", "", "[shop_steps.py]").make(shop)
    result = shop.runpytest("-W", "error", "-k", "main")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*assert 2 == 3*"])


def test_warnings_that_are_errors_are_told_together(shop: pytest.Pytester, write: Write) -> None:
    """As problems of the file, without a traceback; else as warnings at their lines."""
    write(
        order__suite__yaml="""
        process: order.bpmn
        python: shop_steps.py
        steps: []
        """,
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(): ...

        @orchestra.step("Order", alias="again")
        def again(): ...
        """,
    )
    call = 'action: {channel: http, endpoint: "a GET /b"}'
    places = ("at: Approve order, when: low", "at: Done, when: [low, high]")
    more = "".join(f"- {{{each}, {call}}}\n" for each in places)
    (shop.path / SUITE).write_text(
        (shop.path / SUITE).read_text("utf-8").replace("steps: []\n", f"steps:\n{more}"), "utf-8"
    )
    result = shop.runpytest("-W", "error")
    first, second = refusal(result).splitlines()
    assert first.startswith(f"{SUITE}:5:3: warning[step-unused] the step 'Approve order: http")
    assert second.startswith(f"{SUITE}:6:3: warning[step-unused] the step 'Done: http")
    shop.runpytest("-W", "default").assert_outcomes(passed=2, warnings=2)


@pytest.mark.parametrize("text", ["<html/>", "", "{}"])
def test_a_bare_file_that_is_not_bpmn_is_refused(shop: pytest.Pytester, text: str) -> None:
    """Also one that holds nothing at all."""
    (shop.path / "order.bpmn").write_text(text, encoding="utf-8")
    result = shop.runpytest("order.bpmn")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["ERROR order.bpmn - order.bpmn*: error*"])


def test_a_bare_file_without_a_process_is_refused(shop: pytest.Pytester) -> None:
    """A collaboration without a process, for example."""
    (shop.path / "order.bpmn").write_text(
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"/>',
        encoding="utf-8",
    )
    result = shop.runpytest("order.bpmn")
    result.stdout.fnmatch_lines(["ERROR order.bpmn - order.bpmn:1:1: warning*"])


def test_missing_variables_are_told_before_a_scenario_begins(
    shop: pytest.Pytester, write: Write
) -> None:
    """All that its connections need, by their places; scenarios without them run."""
    calls = "".join(
        STEP.replace("Ship", "Approve").replace("}", f", via: {via}}}", 1) for via in ("one", "two")
    )
    (shop.path / SUITE).write_text(
        (shop.path / SUITE).read_text("utf-8") + f"steps:\n{calls}", encoding="utf-8"
    )
    write(
        orchestra__environments__yaml="""
        local:
          http:
            one: {url: "${env:ORCHESTRA_TEST_NONE}"}
            two: {url: "${env:ORCHESTRA_TEST_NOT}"}
            unused: {url: "${env:ORCHESTRA_TEST_UNUSED}"}
        """
    )
    result = shop.runpytest()
    result.assert_outcomes(passed=1, errors=1)
    place = "orchestra.environments.yaml"
    result.stdout.fnmatch_lines(
        [
            "*ERROR at setup of Orders: Amount[?] high*",
            f"{place}:4:16: the variable ORCHESTRA_TEST_NONE is not set",
            f"{place}:5:16: the variable ORCHESTRA_TEST_NOT is not set. Set it*",
            "=*",
            f"ERROR {SUITE}::amount-high - *",
        ],
        consecutive=True,
    )
    (log,) = shop.path.glob(".orchestra/*/events.jsonl")
    assert log.read_text("utf-8").count('"run_started"') == 1


def test_without_any_environment_a_call_says_what_to_write(shop: pytest.Pytester) -> None:
    """A conftest might have provided one, so that this comes to light when the scenario runs."""
    MISTAKES["a call"].make(shop)
    result = shop.runpytest("-k", "main")
    message = (
        "  VALIDATION_ERROR: there is no environment that says where http connection 'orders' is."
        " Write orchestra.environments.yaml and choose one with --orchestra-env."
    )
    assert message in result.stdout.str()


def test_a_service_that_is_down_fails_its_scenarios_and_no_other(
    shop: pytest.Pytester, write: Write
) -> None:
    """One suite goes on while another one's database, and one scenario's service, are down."""
    write(
        orchestra__environments__yaml=f"""
        local:
          http: {{orders: {{url: "http://{NO_LISTENER}"}}}}
          db: {{main: {{url: "postgresql://nobody@{NO_LISTENER}/none"}}}}
        """,
        stock__suite__yaml="""
        process: order.bpmn
        steps:
          - {at: [low, high], assertion: {channel: db, sql: select 1}, expect: {within: 300ms}}
        """,
    )
    text = (shop.path / SUITE).read_text("utf-8")
    step = STEP.replace("Ship", "Approve")
    (shop.path / SUITE).write_text(f"{text}steps:\n{step}", "utf-8")
    result = shop.runpytest("-rA", "-W", "default")
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "PASSED order.suite.yaml::main",
            "FAILED order.suite.yaml::amount-high - 'Approve order': HTTP_ERROR POST *",
            "FAILED stock.suite.yaml::main - 'Amount?/low': DB_ASSERTION_FAILED *",
            "FAILED stock.suite.yaml::amount-high - 'Amount?/high': DB_ASSERTION_FAILED *",
        ]
    )
    assert "Traceback" not in result.stdout.str()


@pytest.mark.parametrize(
    ("driver", "call", "connection"),
    [
        ("aiokafka", "channel: kafka, topic: t", f"bootstrap_servers: '{NO_LISTENER}'"),
        ("asyncpg", "channel: db, sql: select 1", f"url: 'postgresql://{NO_LISTENER}/x'"),
        ("redis", "channel: queue, queue: q", f"url: 'redis://{NO_LISTENER}'"),
    ],
)
def test_a_missing_driver_says_what_to_install(
    shop: pytest.Pytester, write: Write, driver: str, call: str, connection: str
) -> None:
    """The extra, by the command that installs it; scenarios without the channel go on."""
    channel = call.split(",", maxsplit=1)[0].removeprefix("channel: ")
    write(
        conftest__py=f"""
        import sys

        class NotInstalled:
            @staticmethod
            def find_spec(name, path=None, target=None):
                if name.partition(".")[0] == "{driver}":
                    raise ModuleNotFoundError(f"No module named '{{name}}'", name=name)

        sys.meta_path.insert(0, NotInstalled)
        """,
        orchestra__environments__yaml=f"local: {{{channel}: {{main: {{{connection}}}}}}}\n",
        stock__suite__yaml=f"""
        process: order.bpmn
        steps: [{{at: [low, high], assertion: {{{call}}}}}]
        """,
    )
    result = shop.runpytest_subprocess()
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        [f"*{channel} needs {driver}. Run: pip install 'pytest-orchestra[[]{channel}[]]'*"]
    )
    assert "Traceback" not in result.stdout.str()
