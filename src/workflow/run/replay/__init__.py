"""The replay of escalations over arrays: each round takes every case one happening further.

What `cases.replayed` gives must be what `run.reference.machines` says, step by step.
"""
