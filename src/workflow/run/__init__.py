"""Engines behind one protocol: a plan and evidence in, the same tables out of each."""

ENGINES = ("duckdb", "reference")
"""The engines by name, the default first; all give the same result."""
