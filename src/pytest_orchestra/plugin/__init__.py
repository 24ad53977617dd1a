"""The pytest plugin: the only folder that knows pytest."""
