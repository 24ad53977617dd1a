"""What a run leaves for a later one that goes on where it stood: values and positions, masked.

As JSON-like trees; files are the caller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pytest_orchestra.engine.arming import Address
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.flow.lock import digits_of
from pytest_orchestra.results import JsonLike
from pytest_orchestra.suite.bound import BoundStep
from pytest_orchestra.suite.data_choice import DATA_FIXTURE
from pytest_orchestra.suite.names import references_of

FORMAT = 1
LOST = "$lost"
"""The key of a mapping that stands for a value which a file cannot hold."""
DECIMAL = "$decimal"
"""The key of a mapping that stands for a decimal of more digits than a float has."""

_PLAIN = (str, bool, int, type(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """What became of one step of a scenario's way.

    Attributes:
        step_id, element, visit, fingerprint: which step it was, and how it was written.
        values: what it delivered; None: nothing, or it did not run.
        failed: it failed in spite of its values.
        spent: ids of the messages that its visits so far passed on.
    """

    step_id: str
    element: str
    visit: int
    fingerprint: str
    values: Mapping[str, JsonLike] | None = None
    failed: bool = False
    spent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedContext:
    """One run as it is kept.

    Attributes:
        suite_file: as the session called it; ``scenario``: its key.
        signature: of the scenario's way.
        steps: of the way, in order.
        positions: where its assertions began to look.
    """

    session_id: str
    run_id: str
    suite_file: str
    process_id: str
    scenario: str
    data_set: str | None
    environment: str
    signature: str
    at: str
    steps: tuple[StepRecord, ...] = ()
    positions: Mapping[Address, JsonLike] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """How people name it."""
        return f"run {self.run_id} of session {self.session_id}"

    def tree(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "format": FORMAT,
            "session": self.session_id,
            "run": self.run_id,
            "suite_file": self.suite_file,
            "process": self.process_id,
            "scenario": self.scenario,
            "data_set": self.data_set,
            "environment": self.environment,
            "signature": self.signature,
            "at": self.at,
            "steps": [_record_tree(each) for each in self.steps],
            "positions": [[*address, kept] for address, kept in self.positions.items()],
        }


def read_saved(tree: object, *, where: str) -> SavedContext:
    """The saved context of a JSON value.

    Raises:
        ConfigurationError: it is none, or of another version.
    """
    version = tree.get("format") if isinstance(tree, Mapping) else None
    if not isinstance(tree, Mapping) or version != FORMAT:
        what = "no saved context" if version is None else f"a saved context of format {version}"
        raise ConfigurationError(
            f"{where} is {what}",
            hint="Name a file of .orchestra/SESSION/contexts of this version.",
        )
    try:
        return SavedContext(
            session_id=str(tree["session"]),
            run_id=str(tree["run"]),
            suite_file=str(tree["suite_file"]),
            process_id=str(tree["process"]),
            scenario=str(tree["scenario"]),
            data_set=tree["data_set"],
            environment=str(tree["environment"]),
            signature=str(tree["signature"]),
            at=str(tree["at"]),
            steps=tuple(_read_record(each) for each in tree["steps"]),
            positions={_read_address(*each[:-1]): each[-1] for each in tree["positions"]},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigurationError(
            f"{where} is damaged: {type(error).__name__}: {error}",
            hint="Run the scenario as a whole again.",
        ) from error


def fingerprint(bound: BoundStep, data: Mapping[str, JsonLike]) -> str:
    """12 hex digits of how a step is written and of the data that it reads."""
    step = bound.step
    names = (each for each in references_of(step) if each.root == "data")
    reads: Sequence[object] = [_at(data, each) for each in names]
    if step.python is not None and DATA_FIXTURE in step.python.fixtures:
        reads = [data]
    return digits_of(step.fingerprint, repr(reads))


def storable(value: object) -> object:
    """A JSON-like value as a file can hold it, so that it comes back as it was."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Decimal):
        return {DECIMAL: str(value)}
    if isinstance(value, float):
        return value if value - value == 0 else {LOST: "float"}
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: storable(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    return {LOST: type(value).__name__}


def restored(value: object) -> JsonLike:
    """What ``storable`` was given; what could not be stored stands as it was told."""
    if isinstance(value, list):
        return [restored(each) for each in value]
    if not isinstance(value, dict):
        return value
    if list(value) == [DECIMAL]:
        return Decimal(str(value[DECIMAL]))
    return {key: restored(held) for key, held in value.items()}


def gaps(value: object, masked: str) -> Iterator[str]:
    """Why parts of a restored value are not what they were: ``secret``, or a type's name."""
    if isinstance(value, str) and masked in value:
        yield "secret"
    elif isinstance(value, Mapping):
        if list(value) == [LOST]:
            yield str(value[LOST])
        else:
            for held in value.values():
                yield from gaps(held, masked)
    elif isinstance(value, list):
        for each in value:
            yield from gaps(each, masked)


def _at(data: Mapping[str, JsonLike], reference: Reference) -> object:
    value: object = data
    for key in reference.path:
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value


def _record_tree(record: StepRecord) -> dict[str, object]:
    values = None if record.values is None else storable(record.values)
    return {
        "step": record.step_id,
        "element": record.element,
        "visit": record.visit,
        "fingerprint": record.fingerprint,
        "values": values,
        "failed": record.failed,
        "spent": list(record.spent),
    }


def _read_record(tree: Mapping[str, object]) -> StepRecord:
    values, spent = restored(tree["values"]), tree["spent"]
    if not (values is None or isinstance(values, Mapping)) or not isinstance(spent, list):
        message = "a step's values"
        raise TypeError(message)
    return StepRecord(
        step_id=str(tree["step"]),
        element=str(tree["element"]),
        visit=int(str(tree["visit"])),
        fingerprint=str(tree["fingerprint"]),
        values=values,
        failed=bool(tree["failed"]),
        spent=tuple(map(str, spent)),
    )


def _read_address(
    channel: str, connection: str, credential: str | None, fields: Sequence[Sequence[str]]
) -> Address:
    pairs = tuple((str(name), str(text)) for name, text in fields)
    return Address(channel, connection, credential, pairs)
