"""Finding protocol plugins by their entry points."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.suite.channels import load_protocols

Offer = Callable[..., None]


@pytest.fixture
def offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Install a distribution with entry points and modules, as far as a path can."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(group: str, entries: dict[str, str], **modules: str) -> None:
        folder = tmp_path / f"{group.replace('.', '_')}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {group}\nVersion: 1\n")
        lines = [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
        (folder / "entry_points.txt").write_text("\n".join(lines))
        for name, text in modules.items():
            (tmp_path / f"{name}.py").write_text(text)

    return install


PLUGIN = "class Channel:\n    id = {!r}\nplugin = Channel()\n"


def test_plugins_come_by_id_in_order_of_it(offer: Offer) -> None:
    offer(
        "offer.two",
        {"a": "offer_two_x:plugin", "b": "offer_two_y:plugin"},
        offer_two_x=PLUGIN.format("zeta"),
        offer_two_y=PLUGIN.format("alpha"),
    )
    found = load_protocols("offer.two")
    assert list(found) == ["alpha", "zeta"]
    assert found["zeta"].id == "zeta"


def test_no_plugin_is_no_mistake() -> None:
    assert load_protocols("offer.none") == {}


def test_two_plugins_of_one_id_are_refused(offer: Offer) -> None:
    offer(
        "offer.twice",
        {"a": "offer_twice_x:plugin", "b": "offer_twice_y:plugin"},
        offer_twice_x=PLUGIN.format("mail"),
        offer_twice_y=PLUGIN.format("mail"),
    )
    with pytest.raises(ConfigurationError) as refusal:
        load_protocols("offer.twice")
    assert str(refusal.value) == (
        "the channel 'mail' is offered by offer_twice_x:plugin and offer_twice_y:plugin."
        " Uninstall one of them."
    )


def test_a_plugin_that_cannot_be_imported_is_named(offer: Offer) -> None:
    offer("offer.gone", {"mail": "offer_gone_x:plugin"})
    with pytest.raises(ConfigurationError) as refusal:
        load_protocols("offer.gone")
    assert str(refusal.value) == (
        "the protocol plugin 'mail' cannot be imported from offer_gone_x:plugin:"
        " No module named 'offer_gone_x'. Reinstall offer.gone, or uninstall it."
    )


def test_a_plugin_that_is_not_in_its_module_is_named(offer: Offer) -> None:
    offer("offer.empty", {"mail": "offer_empty_x:plugin"}, offer_empty_x="")
    with pytest.raises(ConfigurationError, match="has no attribute 'plugin'"):
        load_protocols("offer.empty")
