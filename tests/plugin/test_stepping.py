"""SINGLE_STEP and FROM_STEP: a run goes on where another stood."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fakeredis
import pytest
import redis

if TYPE_CHECKING:
    from tests.plugin.conftest import System

Write = Callable[..., None]

SUITE = """
name: Orders
process: order.bpmn
data: {files: data.yaml}
scenarios: {mark: {main: {data: small}, amount-high: {data: large}}}
steps:
  - name: The clerk logs in
    at: Placed
    alias: login
    ALWAYS
    action: {channel: http, endpoint: shop POST /login}
    save: {token: response.body.token}
  - name: The customer places an order
    at: Check order
    alias: place
    action: {channel: http, endpoint: shop POST /orders, input: {body: {amount: "{{data.amount}}"}}}
    save: {id: response.body.number}
  - name: The clerk approves
    at: Approve order
    action: {channel: http, endpoint: shop POST /approvals}
  - name: It is shipped
    at: Ship order
    alias: ship
    action:
      channel: http
      endpoint: shop POST /ship
      input: {body: {id: "{{step.place.id}}", run: "{{run.id}}", token: "{{step.login.token}}"}}
  - name: It is filed
    at: Done
    action: {channel: http, endpoint: shop POST /files}
finally:
  - name: All is forgotten
    action: {channel: http, endpoint: shop DELETE /all}
"""
ALWAYS = "always: true"
SINGLE = "--orchestra-mode=SINGLE_STEP"
FROM = "--orchestra-mode=FROM_STEP"
MAIN = ("-k", "main")


class Bench:
    """A folder whose suite is run again and again."""

    def __init__(self, shop: pytest.Pytester, system: "System") -> None:
        self.shop = shop
        self.system = system

    def write(self, suite: str) -> None:
        (self.shop.path / "order.suite.yaml").write_text(suite, encoding="utf-8")

    def run(self, *arguments: str) -> pytest.RunResult:
        """Run once; what was asked before is forgotten."""
        self.system.asked.clear()
        self.system.bodies.clear()
        return self.shop.runpytest(*arguments)

    def contexts(self) -> list[Path]:
        found = self.shop.path.glob(".orchestra/*/contexts/*.json")
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)

    def events(self) -> list[dict[str, Any]]:
        """Of the last session."""
        log = max(
            self.shop.path.glob(".orchestra/*/events.jsonl"),
            key=lambda path: path.stat().st_mtime_ns,
        )
        return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


@pytest.fixture
def bench(shop: pytest.Pytester, write: Write, system: "System") -> Bench:
    """Two scenarios; logging in gives a secret."""
    environment = f"local: {{http: {{shop: {{url: '{system.url}'}}}}}}\n"
    write(orchestra__environments__yaml=environment)
    system.reply = {"token": "s3cr3t-t0ken"}
    bench = Bench(shop, system)
    bench.write(SUITE.replace("ALWAYS", ALWAYS))
    return bench


def test_a_single_step_runs_alone_with_what_the_last_run_knew(bench: Bench) -> None:
    """Its values and its id; what is ``always`` runs before it, ``finally`` does not."""
    bench.run(*MAIN).assert_outcomes(passed=1, deselected=1)
    sent: Any = bench.system.bodies[2]
    result = bench.run(*MAIN, SINGLE, "--orchestra-step=ship", "-rP")
    result.assert_outcomes(passed=1, deselected=1)
    assert bench.system.asked == ["POST /login", "POST /ship"]
    assert bench.system.bodies[-1] == sent
    result.stdout.fnmatch_lines([f"*run {sent['run']}; took over run {sent['run']} of session *"])
    told = bench.events()
    steps = [each["step"] for each in told if each["event"] == "step_finished"]
    assert [each["status"] for each in steps] == ["PASSED", "SKIPPED", "PASSED", "SKIPPED"]
    assert steps[1]["skip_reason"].startswith(f"taken over of run {sent['run']} of session ")
    assert steps[3]["skip_reason"] == "another step was asked for"
    (run,) = [each["run"] for each in told if each["event"] == "run_finished"]
    assert (run["mode"], run["id"]) == ("SINGLE_STEP", sent["run"])
    assert run["taken_over"].startswith(f"run {sent['run']} of session ")


def test_a_python_step_may_always_run(shop: pytest.Pytester, write: Write) -> None:
    """A login in Python."""
    write(
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order", always=True)
        def log_in():
            print("logged in")

        @orchestra.step("Check order")
        def check():
            print("checked")

        @orchestra.step("Ship order", alias="ship")
        def ship():
            print("shipped")
        """
    )
    shop.runpytest(*MAIN).assert_outcomes(passed=1, deselected=1)
    result = shop.runpytest(*MAIN, SINGLE, "--orchestra-step=ship", "-rP")
    result.assert_outcomes(passed=1, deselected=1)
    result.stdout.fnmatch_lines(["logged in", "shipped"], consecutive=True)
    result.stdout.no_fnmatch_line("checked")


def test_from_a_step_on_all_run(bench: Bench) -> None:
    """Also ``finally``; a run that failed there is mended so."""
    bench.system.answers = {"POST /ship": [500]}
    bench.run(*MAIN).assert_outcomes(failed=1, deselected=1)
    result = bench.run(*MAIN, FROM, "--orchestra-step=Ship order")
    result.assert_outcomes(passed=1, deselected=1)
    assert bench.system.asked == ["POST /login", "POST /ship", "POST /files", "DELETE /all"]
    assert bench.system.bodies[1]["id"] == 2


def test_one_step_after_the_other(bench: Bench) -> None:
    """What an earlier run knew of steps is not lost by a run of one step."""
    bench.run(*MAIN)
    bench.run(*MAIN, SINGLE, "--orchestra-step=Check order")
    bench.run(*MAIN, SINGLE, "--orchestra-step=Done")
    bench.run(*MAIN, SINGLE, "--orchestra-step=ship").assert_outcomes(passed=1, deselected=1)
    assert bench.system.bodies[-1]["id"] == 2, "of the second run, in which it was number 2"


def test_all_scenarios_that_have_the_step_run_it(bench: Bench) -> None:
    """Each with the data and the values of its own; the others are left out."""
    bench.run().assert_outcomes(passed=2)
    result = bench.run(SINGLE, "--orchestra-step=ship")
    result.assert_outcomes(passed=2)
    assert [body["id"] for body in bench.system.bodies if body and "id" in body] == [2, 7]
    bench.run(SINGLE, "--orchestra-step=Approve  order").assert_outcomes(passed=1, deselected=1)


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=["one", "worker"])
def test_workers_do_the_same(bench: Bench, arguments: tuple[str, ...]) -> None:
    """They share the sessions' folder."""
    bench.run(*arguments).assert_outcomes(passed=2)
    bench.run(SINGLE, "--orchestra-step=place", *arguments).assert_outcomes(passed=2)
    assert bench.system.asked == ["POST /login", "POST /orders"] * 2


@pytest.mark.parametrize("mode", [SINGLE, FROM])
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one", "workers"])
def test_scenarios_at_once_do_the_same(bench: Bench, mode: str, workers: tuple[str, ...]) -> None:
    """Each goes on with the last run of its own."""

    def shipped(*arguments: str) -> list[int]:
        result = bench.run(*arguments, "--orchestra-concurrency=2", *workers)
        result.assert_outcomes(passed=2)
        return sorted(body["id"] for body in bench.system.bodies if body and "id" in body)

    before = shipped()
    assert shipped(mode, "--orchestra-step=ship") == before
    assert "POST /orders" not in bench.system.asked


@pytest.mark.parametrize("cut", [0, 1, 2], ids=["empty", "half", "all but the last"])
def test_a_context_that_was_cut_short_is_refused(bench: Bench, cut: int) -> None:
    """A kill, or a full disk, may leave half a file; the scenario says so, and what to do."""
    bench.run(*MAIN)
    (kept,) = bench.contexts()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: (0, len(whole) // 2, -1)[cut]])
    result = bench.run(SINGLE, "--orchestra-step=ship", *MAIN)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [f"*{kept.name} is no saved context, or one that was cut short: *. Run the scenario *"]
    )


def test_a_file_takes_the_place_of_the_last_run(bench: Bench) -> None:
    """Scenarios that it is not of are left out."""
    bench.run(*MAIN)
    (first,) = bench.contexts()
    kept = first.rename(bench.shop.path / "kept.json")
    bench.run()
    result = bench.run(FROM, "--orchestra-step=ship", f"--orchestra-context={kept.name}")
    result.assert_outcomes(passed=1, deselected=1)
    assert bench.system.bodies[1]["run"] == json.loads(kept.read_text("utf-8"))["run"]


def test_secrets_are_not_kept(bench: Bench) -> None:
    """Not in any file of the session."""
    bench.run()
    assert len(bench.contexts()) == 2
    for path in bench.shop.path.glob(".orchestra/**/*"):
        assert path.is_dir() or b"s3cr3t-t0ken" not in path.read_bytes()


def test_a_secret_that_nobody_delivers_again_is_refused(bench: Bench) -> None:
    """It names the value, who needs it, and what to write."""
    bench.write(SUITE.replace("    ALWAYS\n", ""))
    bench.run(*MAIN).assert_outcomes(passed=1, deselected=1)
    result = bench.run(*MAIN, SINGLE, "--orchestra-step=ship")
    result.assert_outcomes(errors=1, deselected=1)
    reader = "*: 'step.login.token', which 'It is shipped' needs, is a secret, and those *"
    result.stdout.fnmatch_lines([f"{reader}Write 'always: true' in the step 'The clerk logs in'*"])
    assert not bench.system.asked
    bench.run(*MAIN, SINGLE, "--orchestra-step=place").assert_outcomes(passed=1, deselected=1)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("POST /orders", "PUT /orders", "*step 'The customer places an order' *has changed*"),
        ("at: Approve order", "at: Placed", "*step 'The clerk approves' *was not there*"),
    ],
)
def test_a_suite_that_changed_before_the_step_is_refused(
    bench: Bench, old: str, new: str, reason: str
) -> None:
    """What was taken over would be wrong."""
    bench.run()
    suite = SUITE.replace("ALWAYS", ALWAYS)
    bench.write(suite.replace(old, new))
    result = bench.run(*MAIN, SINGLE, "--orchestra-step=ship", "-W", "ignore")
    result.assert_outcomes(errors=1, deselected=1)
    result.stdout.fnmatch_lines([reason])


def test_what_changes_from_the_step_on_is_what_the_modes_are_for(bench: Bench) -> None:
    """And so is a step that is ``always``: it runs."""
    bench.run(*MAIN)
    suite = SUITE.replace("ALWAYS", ALWAYS).replace("POST /login", "POST /session")
    bench.write(
        suite.replace("POST /ship", "POST /shipments").replace("at: Done", "leaving: Order")
    )
    bench.run(*MAIN, FROM, "--orchestra-step=ship").assert_outcomes(passed=1, deselected=1)
    assert bench.system.asked[:3] == ["POST /session", "POST /shipments", "POST /files"]


def test_data_that_changed_before_the_step_is_refused(bench: Bench, write: Write) -> None:
    """If an earlier step read it."""
    bench.run(*MAIN)
    write(data__yaml="- {name: small, values: {amount: 6}}\n- {name: large, values: {amount: 500}}")
    bench.run(*MAIN, SINGLE, "--orchestra-step=place").assert_outcomes(passed=1, deselected=1)
    result = bench.run(*MAIN, SINGLE, "--orchestra-step=Done")
    result.assert_outcomes(passed=1, deselected=1)
    write(data__yaml="- {name: small, values: {amount: 7}}\n- {name: large, values: {amount: 500}}")
    result = bench.run(*MAIN, SINGLE, "--orchestra-step=Done")
    result.stdout.fnmatch_lines(["*'The customer places an order' *or the data it reads, has ch*"])


def test_a_way_that_changed_is_refused(bench: Bench) -> None:
    """The model's."""
    bench.run(*MAIN)
    process = bench.shop.path / "order.bpmn"
    text = process.read_text("utf-8").replace('id="f4"', 'id="f5"')
    process.write_text(text, encoding="utf-8")
    result = bench.run(*MAIN, SINGLE, "--orchestra-step=ship")
    result.stdout.fnmatch_lines(["*the way of scenario 'main' is another one now*"])
    result.assert_outcomes(errors=1, deselected=1)


def test_a_value_that_a_failed_step_did_not_deliver_is_refused(bench: Bench) -> None:
    """It names the step."""
    bench.system.answers = {"POST /login": [500]}
    bench.run(*MAIN)
    result = bench.run(*MAIN, SINGLE, "--orchestra-step=ship")
    result.assert_outcomes(errors=1, deselected=1)
    result.stdout.fnmatch_lines(
        ["*step 'The customer places an order' did not deliver 'step.place.id', which*"]
    )


def test_without_an_earlier_run_there_is_nothing_to_take_over(bench: Bench) -> None:
    """It says what was looked for."""
    result = bench.run(*MAIN, SINGLE, "--orchestra-step=ship")
    result.assert_outcomes(errors=1, deselected=1)
    result.stdout.fnmatch_lines(
        ["*no run of scenario 'main' with data set 'small' on environment 'local' is kept in *"]
    )


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=["one", "worker"])
@pytest.mark.parametrize(
    ("step", "text"),
    [
        ("shop", "*no selected scenario has a step 'shop'. Did you mean 'ship'?*"),
        ("Ship order#2", "*'Ship order' has at most 1 visits in a scenario*"),
    ],
)
def test_an_unknown_step_is_refused(
    bench: Bench, step: str, text: str, arguments: tuple[str, ...]
) -> None:
    """With the nearest name."""
    result = bench.run(SINGLE, f"--orchestra-step={step}", *arguments)
    assert result.ret != 0
    (result.stdout if arguments else result.stderr).fnmatch_lines([text])
    assert not bench.system.asked


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([SINGLE], "*SINGLE_STEP needs --orchestra-step: an alias, or a place*"),
        (["--orchestra-step=ship"], "*--orchestra-step says nothing in mode STOP_ON_FIRST_*"),
        (["--orchestra-context=x"], "*--orchestra-context says nothing in mode STOP_ON_FIRST_*"),
        (
            [SINGLE, "--orchestra-step=ship", "--orchestra-resume"],
            "*--orchestra-resume leaves out scenarios that are done, and SINGLE_STEP goes on *",
        ),
        (
            [FROM, "--orchestra-step=ship", "--orchestra-context=no.json"],
            "*cannot be read*",
        ),
        ([FROM, "--orchestra-step=ship", "--orchestra-context=data.yaml"], "*no saved context*"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    bench: Bench, arguments: list[str], text: str
) -> None:
    """Before anything runs."""
    result = bench.run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([text])


def test_a_context_of_another_environment_is_refused(bench: Bench) -> None:
    """It says which one to choose."""
    bench.run(*MAIN)
    (path,) = bench.contexts()
    text = path.read_text("utf-8").replace('"environment":"local"', '"environment":"staging"')
    path.write_text(text, encoding="utf-8")
    result = bench.run(SINGLE, "--orchestra-step=ship", f"--orchestra-context={path}")
    result.stdout.fnmatch_lines(["*is of environment 'staging', and this session runs on 'local'*"])


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A queue server that outlives sessions."""
    server = fakeredis.TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    server.shutdown()
    server.server_close()
    thread.join()


POST = """
process: order.bpmn
steps:
  - at: Check order
    action: {channel: queue, queue: parcels, value: {parcel: 1}}
  - at: Ship order
    alias: seen
    assertion: {channel: queue, queue: parcels}
    expect: {value: {parcel: 1}, within: WITHIN}
"""


def test_positions_are_taken_over(shop: pytest.Pytester, write: Write, redis_url: str) -> None:
    """A message of the last run is seen again, though nobody sends it again."""
    write(
        orchestra__environments__yaml=f"local: {{queue: {{post: {{url: '{redis_url}'}}}}}}",
        order__suite__yaml=POST.replace("WITHIN", "5s"),
    )
    shop.runpytest(*MAIN, "-W", "ignore").assert_outcomes(passed=1, deselected=1)
    again = (*MAIN, "-W", "ignore", SINGLE, "--orchestra-step=seen")
    shop.runpytest(*again).assert_outcomes(passed=1, deselected=1)
    shop.runpytest(*again).assert_outcomes(passed=1, deselected=1)


def test_a_position_that_is_gone_is_named(
    shop: pytest.Pytester, write: Write, redis_url: str
) -> None:
    """Nothing is waited for."""
    write(
        orchestra__environments__yaml=f"local: {{queue: {{post: {{url: '{redis_url}'}}}}}}",
        order__suite__yaml=POST.replace("WITHIN", "5s"),
    )
    with redis.Redis.from_url(redis_url) as server:
        server.xadd("parcels", {"value": "{}"})
        shop.runpytest(*MAIN, "-W", "ignore").assert_outcomes(passed=1, deselected=1)
        server.delete("parcels")
    result = shop.runpytest(*MAIN, "-W", "ignore", SINGLE, "--orchestra-step=seen")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*the position in parcels that was kept is gone: *made anew*"])
