"""Mistakes in expressions, each with its exact message in both languages."""
