"""Links lead somewhere."""

import re
from pathlib import Path

_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def test_relative_links_resolve(page: Path) -> None:
    text = _CODE.sub("", page.read_text(encoding="utf-8"))
    for match in _LINK.finditer(text):
        target, _, anchor = match["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), match["target"]
        assert not anchor or anchor in anchors(file), match["target"]


def test_every_page_is_linked() -> None:
    """From the front page: directly, by its folder, or by another page."""
    root = Path(__file__).parents[2]
    linked: set[Path] = set()
    waiting = [root / "README.md"]
    while waiting:
        page = waiting.pop()
        for match in _LINK.finditer(_CODE.sub("", page.read_text(encoding="utf-8"))):
            target = (page.parent / match["target"].partition("#")[0]).resolve()
            found = {*target.glob("*.md")} if target.is_dir() else {target}
            new = {each for each in found if each.suffix == ".md" and each.is_file()} - linked
            linked |= new
            waiting.extend(new)
    assert {*(root / "docs").rglob("*.md")} <= linked
