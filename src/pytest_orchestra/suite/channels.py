"""The protocol plugins that are installed, found by their entry points."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.spi import ProtocolPlugin

GROUP = "pytest_orchestra.protocols"
"""The entry point group that built-in and foreign plugins come in by."""


def load_protocols(group: str = GROUP) -> Mapping[str, ProtocolPlugin]:
    """All installed protocol plugins by channel id, ordered by it. No driver is imported.

    Raises:
        ConfigurationError: one cannot be imported, or two have one id.
    """
    found: dict[str, tuple[ProtocolPlugin, str]] = {}
    for entry in sorted(entry_points(group=group), key=lambda each: (each.name, each.value)):
        plugin = _load(entry)
        if plugin.id in found:
            raise ConfigurationError(
                f"the channel '{plugin.id}' is offered by {found[plugin.id][1]} and {entry.value}",
                hint="Uninstall one of them.",
            )
        found[plugin.id] = (plugin, entry.value)
    return {channel: found[channel][0] for channel in sorted(found)}


def _load(entry: EntryPoint) -> ProtocolPlugin:
    try:
        plugin: ProtocolPlugin = entry.load()
    except (ImportError, AttributeError) as error:
        package = entry.dist.name if entry.dist else entry.module
        raise ConfigurationError(
            f"the protocol plugin '{entry.name}' cannot be imported from {entry.value}: {error}",
            hint=f"Reinstall {package}, or uninstall it.",
        ) from error
    return plugin
