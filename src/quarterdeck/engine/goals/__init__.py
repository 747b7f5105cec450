"""How far goals have come, one by one and rolled up."""
