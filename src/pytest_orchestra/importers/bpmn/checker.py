"""A linked file becomes problems: everything that was dropped, renamed or guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn.findings import Findings, described, shortened
from pytest_orchestra.importers.bpmn.node_rules import check_nodes
from pytest_orchestra.importers.bpmn.process_rules import check_process
from pytest_orchestra.importers.bpmn.stray_rules import check_strays

if TYPE_CHECKING:
    from pytest_orchestra.importers.bpmn.linked import LinkedDocument
    from pytest_orchestra.model import Problem


def check(linked: LinkedDocument) -> tuple[Problem, ...]:
    """All problems of a file, in file order; their codes are in ``findings.CODES``."""
    findings = Findings(linked.document.file)
    check_strays(linked.document, findings)
    if not linked.processes:
        place = linked.document.root.place
        findings.add("process-missing", "the file has no process to test", place=place)
    for process in linked.processes:
        check_process(process, findings)
        check_nodes(process, findings)
    _shared_ids(linked, findings)
    for raw in linked.repeated:
        own = raw.attributes["id"]
        message = f"{described(raw, own)} has the id of an earlier one, which is meant"
        findings.add("definition-repeated", message, place=raw.place, at=own)
    _pools(linked, findings)
    return findings.problems()


def _shared_ids(linked: LinkedDocument, findings: Findings) -> None:
    holders: dict[str, str] = {}
    for process in linked.processes:
        shared = [node for node in process.nodes if node.id in holders]
        if shared:
            first = shared[0]
            findings.add(
                "id-shared",
                f"{len(shared)} node id(s) of process {shortened(process.id)} are also in process "
                f"{shortened(holders[first.id])}, first {shortened(first.id)}",
                place=first.raw.place,
                at=first.id,
            )
        for node in process.nodes:
            holders.setdefault(node.id, process.id)


def _pools(linked: LinkedDocument, findings: Findings) -> None:
    for pool in linked.participants:
        written = pool.raw.attributes.get("processRef", "")
        if written and pool.process is None:
            findings.add(
                "reference-dangling",
                f"{described(pool.raw, pool.id)} refers to process '{shortened(written)}', "
                "which the file does not have",
                place=pool.raw.place,
                at=pool.id,
            )
    for flow in linked.message_flows:
        if flow.dangling:
            findings.add(
                "message-flow-dangling",
                f"{described(flow.raw, flow.id)} leads from '{shortened(flow.source)}' to "
                f"'{shortened(flow.target)}', and the file does not have both",
                place=flow.raw.place,
                at=flow.id,
            )
