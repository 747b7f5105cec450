"""What the people of a plan can bring, against what it asks of them; and the same under other drivers.

plan, seats, leave, facts ──measures──> drivers ──outcomes──> capacity by month and team ──pages──> what faces show
scenarios: names of other drivers; the same outcome with them, never a copy of anything
"""
