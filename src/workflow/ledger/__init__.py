"""What was decided and because of what: the entries of a run, its record, its files."""
