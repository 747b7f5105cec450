"""Fiscal years and their parts, working days, and rows that hold for a time. Every stretch of days is half-open."""
