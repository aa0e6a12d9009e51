"""Plan nodes and expressions as SQL, and how values are stored."""
