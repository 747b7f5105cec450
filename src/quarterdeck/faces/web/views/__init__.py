"""Requests in, service calls, pages out: one file per kind of page."""
