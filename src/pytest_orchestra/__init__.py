"""pytest-orchestra: business processes tested branch by branch."""
