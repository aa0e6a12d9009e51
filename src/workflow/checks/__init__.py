"""From what was written to what is checked: names, types and units, tables, versions; one pass a module."""
