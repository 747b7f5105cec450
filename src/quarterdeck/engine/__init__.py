"""Pure functions from frames to frames. Time is always a parameter; no web, no database, no files, no clock."""
