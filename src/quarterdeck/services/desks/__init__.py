"""The three desks: where a rep, a manager or a director stands as of a day, and what to do today."""
