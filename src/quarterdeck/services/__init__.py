"""Use cases: one transaction and one journal row per write. Start with `loop`."""
