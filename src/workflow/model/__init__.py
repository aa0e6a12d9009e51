"""What the author wrote, as frozen models whose leaves keep their place; the types and units; the schemas."""
