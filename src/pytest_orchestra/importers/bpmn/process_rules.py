"""What is wrong with a process as a whole: its ids, its sequence flows, its lanes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn.findings import described, shortened

if TYPE_CHECKING:
    from pytest_orchestra.importers.bpmn.findings import Findings
    from pytest_orchestra.importers.bpmn.linked import DanglingFlow, LinkedProcess
    from pytest_orchestra.importers.bpmn.reader import RawElement


def check_process(process: LinkedProcess, findings: Findings) -> None:
    """Judges ids, sequence flows and lanes of one process."""
    if not process.nodes:
        findings.add(
            "process-empty",
            f"{described(process.raw, process.id)} has no flow nodes",
            place=process.raw.place,
            at=process.id,
        )
    _ids(process, findings)
    for flow in process.dangling:
        _dangling(flow, findings)
    _borders(process, findings)
    _lanes(process, findings)


def _ids(process: LinkedProcess, findings: Findings) -> None:
    _id(process.raw, process.id, findings)
    nodes = set()
    for node in process.nodes:
        nodes.add(node.id)
        _id(node.raw, node.id, findings)
    for flow in process.flows:
        own = flow.raw.attributes.get("id", "")
        if own and own != flow.id:
            findings.add(
                "flow-id-duplicate",
                f"flow id '{shortened(own)}' is given twice; this one is called "
                f"'{shortened(flow.id)}'",
                place=flow.raw.place,
                at=flow.id,
            )
        if flow.id in nodes:
            findings.add(
                "id-shared",
                f"{described(flow.raw, flow.id)} has the id of a node",
                place=flow.raw.place,
                at=flow.id,
                hint="Give the flow an id of its own",
            )


def _id(raw: RawElement, given: str, findings: Findings) -> None:
    own = raw.attributes.get("id", "")
    if own == given:
        return
    if own:
        message = f"id '{shortened(own)}' is given twice; this {raw.type.name} is called"
    else:
        message = f"this {raw.type.name} has no id and is called"
    code = "id-duplicate" if own else "id-missing"
    findings.add(code, f"{message} '{shortened(given)}'", place=raw.place, at=given)


def _dangling(flow: DanglingFlow, findings: Findings) -> None:
    written = [flow.raw.attributes.get(end, "") for end in ("sourceRef", "targetRef")]
    ends = zip(written, (flow.source, flow.target), strict=True)
    missing = [shortened(name) for name, found in ends if found is None]
    shown = described(flow.raw, flow.id)
    if missing:
        what = " and ".join(f"'{name}'" if name else "nothing" for name in missing)
        code = "flow-dangling"
        message = f"{shown} was left out: it leads from or to {what}, which is no flow node"
    else:
        code = "flow-crosses-process"
        message = f"{shown} was left out: its ends are not both in the process that holds it"
    findings.add(code, message, place=flow.raw.place, at=flow.id)


def _borders(process: LinkedProcess, findings: Findings) -> None:
    scopes = {node.id: node.scope for node in process.nodes}
    for flow in process.flows:
        inside = scopes[flow.source], scopes[flow.target]
        if inside[0] != inside[1]:
            start, end = map(shortened, inside)
            findings.add(
                "flow-crosses-border",
                f"{described(flow.raw, flow.id)} leads from inside '{start}' to inside '{end}'",
                place=flow.raw.place,
                at=flow.id,
            )


def _lanes(process: LinkedProcess, findings: Findings) -> None:
    for lane in process.lanes:
        if lane.lost:
            findings.add(
                "reference-dangling",
                f"{described(lane.raw, lane.id)} has {len(lane.lost)} member(s) that are no nodes "
                f"of its process, first '{shortened(lane.lost[0])}'",
                place=lane.raw.place,
                at=lane.id,
            )
