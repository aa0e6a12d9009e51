"""The standard's tests of expressions, run: `python -m tests.tck FILE --engine reference|duckdb`."""
