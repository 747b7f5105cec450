"""Territories: what lies in them, how evenly, which moves would even them out, and who says that they may be made."""
