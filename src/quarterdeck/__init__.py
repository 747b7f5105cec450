"""Quarterdeck: everything it says is a function of facts as of a date."""

__version__ = "0.1.0"
