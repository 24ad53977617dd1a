"""BPMN 2.0 XML becomes a ProcessModel."""
