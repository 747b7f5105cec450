"""How evenly accounts are cut into territories, and which moves would even them out."""
