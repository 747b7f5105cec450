"""What the people there, and those to be hired, can bring against a target; how many it takes."""
