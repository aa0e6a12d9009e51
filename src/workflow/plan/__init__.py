"""The relational plan, free of any engine: its nodes, and the lowering of each kind of policy."""
