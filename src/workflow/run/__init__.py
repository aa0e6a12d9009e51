"""Engines behind one protocol: a plan and evidence in, the same tables out of each."""
