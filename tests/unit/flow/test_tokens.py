"""The token game: which moves a state allows, and where they lead."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.move import MoveKind
from pytest_orchestra.flow.tokens import TokenGame, is_unfed_catch
from pytest_orchestra.model import ElementId, Process

Draw = Callable[[str], Process]


def play(draw: Draw, text: str, *picks: int) -> list[str]:
    """Plays by taking the picked move (else the first) at each choice; tells what happens."""
    game = TokenGame(index_process(draw(text)))
    choices = list(picks)
    state, story = game.start(), []
    while state and len(story) < 40:
        moves, consumed = game.moves(state)
        if not moves:
            return [*story, "stuck"]
        move = moves[choices.pop(0) if choices and len(moves) > 1 else 0]
        story.append(f"{move.kind.name.lower()} {move.element}")
        state = game.after(state, move, consumed)
    return story


def test_a_parallel_join_waits_for_all(draw: Draw) -> None:
    """One branch after the other, the join last."""
    story = play(
        draw,
        "s: start\nf: and\na: task\nb: task\nj: and\ne: end\n"
        "s -> f\nf -> a\nf -> b\na -> j\nb -> j\nj -> e",
    )
    assert story == [f"visit {node}" for node in ("s", "f", "a", "b", "j", "e")]


def test_a_parallel_join_that_lacks_a_token_is_stuck(draw: Draw) -> None:
    """An exclusive split does not feed it."""
    story = play(draw, "s: start\ng: xor\nj: and\ne: end\ns -> g\na: g -> j\nb: g -> j\nj -> e")
    assert story[-1] == "stuck"


def test_an_implicit_merge_lets_each_token_pass(draw: Draw) -> None:
    """A task behind an implicit split runs twice."""
    story = play(draw, "s: start\na: task\nb: task\nc: task\ns -> a\ns -> b\na -> c\nb -> c")
    assert story.count("visit c") == 2


def test_a_sub_process_completes_when_nothing_is_left_inside(draw: Draw) -> None:
    """Its way on comes last."""
    story = play(
        draw, "s: start\nx: sub\ni: start in x\nt: task in x\ne: end\ns -> x\ni -> t\nx -> e"
    )
    assert story == ["visit s", "open x", "visit i", "visit t", "close x", "visit e"]


def test_a_sub_process_runs_once_at_a_time(draw: Draw) -> None:
    """A second token waits until the first is through."""
    story = play(
        draw,
        "s: start\nx: sub\nt: task in x\nu: task in x\nm: xor\ns -> m\ntwo: s -> m\nm -> x\nt -> u",
    )
    first = story.index("open x")
    assert story[first : first + 4] == ["open x", "visit t", "visit u", "close x"]
    assert story.count("close x") == 2


def test_a_terminate_end_waits_and_then_ends_all_of_its_scope(draw: Draw) -> None:
    """What waits for ever elsewhere does not keep it."""
    story = play(
        draw,
        "s: start\nf: and\nk: end terminate\nj: and\nt: task\n"
        "s -> f\na: f -> k\nb: f -> j\nc: t -> j\nd: t -> t\nf -> t2\nt2: task",
    )
    assert story == ["visit s", "visit f", "visit t2", "visit k"]


def test_an_error_end_goes_to_the_border_of_its_host(draw: Draw) -> None:
    """The sub-process is never completed."""
    text = (
        "s: start\nx: sub\nt: task in x\nk: end in x error\nb: boundary on x error\ne: end\n"
        "f: end\ns -> x\nt -> k\nx -> e\nb -> f"
    )
    assert play(draw, text) == ["visit s", "open x", "visit t", "visit k", "visit f"]


def test_one_start_event_is_chosen(draw: Draw) -> None:
    """Of several in a scope."""
    text = "a: start\nb: start\ne: end\na -> e\nb -> e"
    assert play(draw, text) == ["start P", "visit a", "visit e"]
    assert play(draw, text, 1) == ["start P", "visit b", "visit e"]


def test_a_link_jumps(draw: Draw) -> None:
    """To its catch event, without a flow."""
    text = "s: start\na: throw link=x\nb: catch link=x\ne: end\ns -> a\nb -> e"
    assert play(draw, text) == ["visit s", "visit a", "visit b", "visit e"]


def test_an_event_sub_process_interrupts_its_scope(draw: Draw) -> None:
    """It comes at the first wait, and the process ends with it."""
    text = (
        "s: start\nu: user\ne: end\ns -> u\nu -> e\n"
        "h: sub by-event\nhs: start in h message\nhe: end in h\nhs -> he"
    )
    assert play(draw, text) == ["visit s", "visit u", "visit e", "close P"]
    assert play(draw, text, 1) == [
        "visit s",
        "visit u",
        "visit hs",
        "visit he",
        "close h",
        "close P",
    ]


def test_what_turns_back_for_ever_waits_for_the_end_of_all(draw: Draw) -> None:
    """A reminder that repeats lets the other branch terminate."""
    story = play(
        draw,
        "s: start\nf: and\nr: task\nt: task\nk: end terminate\n"
        "s -> f\na: f -> r\nr -> r\nb: f -> t\nt -> k",
    )
    assert story == ["visit s", "visit f", "visit r", "visit t", "visit k"]


def test_a_patient_game_ends_where_another_goes_on_for_ever(draw: Draw) -> None:
    """A split that turns back makes ever more tokens unless these wait."""
    text = (
        "s: start\nm: xor\nf: and\nt: task\nk: end terminate\n"
        "s -> m\nm -> f\na: f -> m\nb: f -> t\nt -> k"
    )
    game = TokenGame(index_process(draw(text)), is_patient=True)
    state, steps = game.start(), 0
    while state:
        moves, consumed = game.moves(state)
        state = game.after(state, moves[0], consumed)
        steps += 1
    assert steps == 5


def test_a_process_without_entries_has_no_start(draw: Draw) -> None:
    """Nothing can happen."""
    game = TokenGame(index_process(draw("a: task\nb: task\na -> b\nb -> a")))
    assert game.start() == ()


def test_tokens_do_not_pass_where_nothing_can_occur(draw: Draw) -> None:
    """An unfed catch event, a flow into a boundary event, a throw that is missed."""
    assert play(draw, "c: catch message\ne: end\nc -> e") == ["stuck"]
    assert play(draw, "t: task\nb: boundary on t timer\nt -> b")[-1] == "stuck"
    missed = "x: sub\nk: end in x error\ny: task\nb: boundary on y error"
    assert play(draw, missed)[-1] == "stuck"


def test_only_a_catch_event_without_flows_is_unfed(draw: Draw) -> None:
    """In an ad-hoc sub-process, and as a link's target, it may stand alone."""
    graph = index_process(
        draw("c: catch message\na: adhoc\nd: catch in a message\nl: throw link=x\nm: catch link=x")
    )
    unfed = [node.id for node in graph.nodes.values() if is_unfed_catch(graph, node)]
    assert unfed == ["c"]


def test_moves_are_made_once(draw: Draw) -> None:
    """The same place gives the same moves in every state."""
    game = TokenGame(index_process(draw("s: start\nt: task\ns -> t\nt -> t")))
    state = game.after(game.start(), *game.moves(game.start())[0], game.moves(game.start())[1])
    first, _ = game.moves(state)
    assert game.moves(state)[0] is first
    assert first[0].kind is MoveKind.VISIT


def test_outcomes_are_ranked_in_the_order_of_the_way(draw: Draw) -> None:
    """Not in that of their ids."""
    game = TokenGame(
        index_process(
            draw(
                "s: start\nz: xor\na: xor\ne: end\ns -> z\n"
                "z1: z -> a\nz2: z -> a\na1: a -> e\na2: a -> e"
            )
        )
    )
    ordered = sorted(game.decisions.outcomes, key=game.rank)
    assert [outcome.flows for outcome in ordered] == [("z1",), ("z2",), ("a1",), ("a2",)]
    assert ElementId("z") == ordered[0].at
