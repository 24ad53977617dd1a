"""Broken models made of real ones, and what becomes of them: ``fuzzing.py CORPUS FIRST LAST``.

Everything hangs on the seed. Each input prints one line; a hang ends with a traceback.
"""

from __future__ import annotations

import faulthandler
import json
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pytest_orchestra.errors import OrchestraError
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.importers import read_model

DEADLINE = 60
"""Seconds for one input, import and all criteria; past them the watchdog ends the process."""

_TAGS = (
    b"task userTask receiveTask callActivity subProcess transaction adHocSubProcess startEvent "
    b"endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent exclusiveGateway "
    b"inclusiveGateway parallelGateway eventBasedGateway complexGateway process sequenceFlow lane"
).split()
_DEFINITIONS = (
    b"message timer error escalation signal conditional link compensate cancel terminate".split()
)
_ID = re.compile(rb'\bid="([^"]*)"')
_REFERENCE = re.compile(
    rb"\b(?:sourceRef|targetRef|attachedToRef|default|calledElement|processRef|activityRef|"
    rb'errorRef|messageRef)="([^"]*)"'
)
_NAME = re.compile(rb'\bname="([^"]*)"')
_FLAG = re.compile(rb'\b(?:cancelActivity|isInterrupting|triggeredByEvent)="([^"]*)"')
_ELEMENT = re.compile(rb"<(/?)((?:[\w.-]+:)?)(\w+)([^<>]*)>")
_NODE = re.compile(
    rb"<((?:[\w.-]+:)?)(\w*(?:Task|task|Event|Gateway|Process|process))(\s[^<>]*?)(/?)>"
)

Mutation = Callable[[random.Random, bytes], bytes]


def _replaced(pick: random.Random, data: bytes, pattern: re.Pattern[bytes], new: bytes) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return data
    start, end = pick.choice(found).span(1)
    return data[:start] + new + data[end:]


def cut(pick: random.Random, data: bytes) -> bytes:
    return data[: pick.randrange(len(data) + 1)]


def lose(pick: random.Random, data: bytes) -> bytes:
    start = pick.randrange(len(data) + 1)
    return data[:start] + data[start + pick.randrange(200) :]


def repeat(pick: random.Random, data: bytes) -> bytes:
    start = pick.randrange(len(data) + 1)
    end = start + pick.randrange(400)
    return data[:end] + data[start:end] + data[end:]


def spoil(pick: random.Random, data: bytes) -> bytes:
    spoilt = bytearray(data)
    for _ in range(pick.randrange(1, 12)):
        if spoilt:
            spoilt[pick.randrange(len(spoilt))] = pick.randrange(256)
    return bytes(spoilt)


def lose_element(pick: random.Random, data: bytes) -> bytes:
    found = list(_ELEMENT.finditer(data))
    if not found:
        return data
    start, end = pick.choice(found).span()
    return data[:start] + data[end:]


def repeat_element(pick: random.Random, data: bytes) -> bytes:
    found = [m for m in _ELEMENT.finditer(data) if m[4].endswith(b"/")]
    if not found:
        return data
    element = pick.choice(found)[0]
    place = pick.choice(found).start()
    return data[:place] + element * pick.choice((1, 2, 30)) + data[place:]


def share_id(pick: random.Random, data: bytes) -> bytes:
    ids = _ID.findall(data)
    return _replaced(pick, data, _ID, pick.choice(ids)) if ids else data


def lose_reference(pick: random.Random, data: bytes) -> bytes:
    return _replaced(pick, data, _REFERENCE, pick.choice((b"", b"nowhere", b"a:b:c", b" ")))


def redirect(pick: random.Random, data: bytes) -> bytes:
    ids = _ID.findall(data)
    for _ in range(pick.randrange(1, 8)):
        if ids:
            data = _replaced(pick, data, _REFERENCE, pick.choice(ids))
    return data


def retype(pick: random.Random, data: bytes) -> bytes:
    """Another element name for one element, or for all of its name."""
    names = sorted({m[3] for m in _ELEMENT.finditer(data)} & set(_TAGS))
    if not names:
        return data
    old, new = pick.choice(names), pick.choice(_TAGS)
    if pick.random() < 0.5:
        return re.sub(rb"(</?(?:[\w.-]+:)?)" + old + rb"\b", rb"\g<1>" + new, data)
    return data.replace(old, new, pick.randrange(1, 3))


def flip(pick: random.Random, data: bytes) -> bytes:
    return _replaced(pick, data, _FLAG, pick.choice((b"true", b"false", b"", b"maybe")))


def mark(pick: random.Random, data: bytes) -> bytes:
    """A further attribute on a node."""
    found = list(_NODE.finditer(data))
    if not found:
        return data
    place = pick.choice(found).end(2)
    extra = pick.choice(
        (
            b' triggeredByEvent="true"',
            b' isForCompensation="true"',
            b' instantiate="true"',
            b' eventGatewayType="Parallel"',
            b' cancelActivity="false"',
            b' attachedToRef="%s"' % pick.choice(_ID.findall(data) or [b"x"]),
        )
    )
    return data[:place] + extra + data[place:]


def define(pick: random.Random, data: bytes) -> bytes:
    """A further event definition, or a loop marker, in a node."""
    found = [m for m in _NODE.finditer(data) if not m[4]]
    if not found:
        return data
    node = pick.choice(found)
    definition = b"%sEventDefinition" % pick.choice(_DEFINITIONS)
    name = pick.choice((definition, b"standardLoopCharacteristics", definition))
    return data[: node.end()] + b"<%s%s/>" % (node[1], name) + data[node.end() :]


def wrap(pick: random.Random, data: bytes) -> bytes:
    """A node within sub-processes, a few or very many."""
    found = [m for m in _NODE.finditer(data) if m[4]]
    if not found:
        return data
    node = pick.choice(found)
    depth = pick.choice((1, 3, 40, 300, 5000))
    opened = b"".join(b'<%ssubProcess id="w%d">' % (node[1], n) for n in range(depth))
    closed = b"</%ssubProcess>" % node[1] * depth
    return data[: node.start()] + opened + node[0] + closed + data[node.end() :]


def lengthen(pick: random.Random, data: bytes) -> bytes:
    long = "ä".encode() * pick.choice((1_000, 1_000_000, 4_900_000, 5_100_000))
    return _replaced(pick, data, pick.choice((_NAME, _ID, _REFERENCE)), long)


def bomb(pick: random.Random, data: bytes) -> bytes:
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
    )
    place = data.find(b"?>") + 2 if b"?>" in data else 0
    data = data[:place] + doctype + b"]>" + data[place:]
    return _replaced(pick, data, _NAME, b"&m;")


def recode(pick: random.Random, data: bytes) -> bytes:
    kind = pick.randrange(4)
    if kind == 0:
        return b"\xef\xbb\xbf" + data
    if kind == 1:
        return data.decode("utf-8", "replace").encode(
            pick.choice(("utf-16", "utf-32", "cp037")), "replace"
        )
    lying = pick.choice((b"utf-16", b"windows-1252", b"ebcdic", b"klingon"))
    return re.sub(rb'encoding="[^"]*"', b'encoding="%s"' % lying, data, count=1)


def crowd(pick: random.Random, data: bytes) -> bytes:
    """Many flows between the nodes that there are."""
    ids = [found for found in _ID.findall(data) if len(found) < 100]
    place = max(data.rfind(b"</process"), data.rfind(b":process>"))
    place = data.rfind(b"<", 0, place + 1)
    if not ids or place < 0:
        return data
    prefix = re.match(rb"</((?:[\w.-]+:)?)", data[place:])
    flows = b"".join(
        b'<%ssequenceFlow id="c%d" sourceRef="%s" targetRef="%s"/>'
        % (prefix[1] if prefix else b"", n, pick.choice(ids), pick.choice(ids))
        for n in range(pick.choice((3, 30, 300)))
    )
    return data[:place] + flows + data[place:]


MUTATIONS: tuple[Mutation, ...] = (
    *(cut, lose, repeat, spoil, lose_element, repeat_element, share_id, lose_reference),
    *(redirect, redirect, retype, retype, flip, mark, mark, define, define, wrap, lengthen),
    *(bomb, recode, crowd, crowd),
)


def mutated(files: list[Path], seed: int) -> tuple[str, bytes]:
    """The story of an input, and the input."""
    pick = random.Random(seed)
    file = pick.choice(files)
    data = file.read_bytes()
    chosen = pick.choices(MUTATIONS, k=pick.choice((1, 2, 3, 6)))
    for mutation in chosen:
        data = mutation(pick, data)
    return f"{file.name} {' '.join(mutation.__name__ for mutation in chosen)}", data


def look(path: Path) -> str:
    """Read a file and generate its scenarios; whatever is raised but our own errors is a bug."""
    try:
        model = read_model(path)
    except OrchestraError as error:
        return "refused" if str(error) else "refused without a word"
    for process in model.processes:
        for criterion in Criterion:
            generate_scenarios(process, criterion=criterion)
    return "read"


def main(corpus: Path, first: int, last: int) -> None:
    files = sorted(p for p in corpus.rglob("*") if p.suffix in (".bpmn", ".bpmn2", ".xml"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fuzz.bpmn"
        for seed in range(first, last):
            story, data = mutated(files, seed)
            path.write_bytes(data)
            faulthandler.dump_traceback_later(DEADLINE, exit=True)
            _say(json.dumps({"seed": seed, "story": story}))
            began = time.perf_counter()
            end = look(path)
            faulthandler.cancel_dump_traceback_later()
            spent = round(time.perf_counter() - began, 3)
            told = {"end": end, "seconds": spent, "peak_bytes": _peak_bytes()}
            _say(f"\t{json.dumps(told)}\n")


def _peak_bytes() -> int:
    """The most memory that this process ever had; macOS counts bytes, others kilobytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
