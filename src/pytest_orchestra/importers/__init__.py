"""BPMN files become ProcessModels."""
