"""Bound scenarios run against the system under test."""
