"""What people and programs read: diagnostics, summaries, explanations; all wording, no calculation."""
