"""Doors to outside systems: one folder each. They give template rows and findings, and know no database."""
