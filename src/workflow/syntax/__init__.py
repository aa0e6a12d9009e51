"""From text to located trees: the guarded YAML reader, the literals, and the language of formulas."""
