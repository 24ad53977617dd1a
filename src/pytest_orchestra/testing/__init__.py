"""The contract that every protocol plugin must pass, as plain functions for any test to call.

Each raises AssertionError with every breach that it found; none of them knows pytest.
"""

from pytest_orchestra.testing.clients import check_client, check_lost_connection
from pytest_orchestra.testing.plugins import check_connection, check_protocol_plugin

__all__ = ["check_client", "check_connection", "check_lost_connection", "check_protocol_plugin"]
