"""Goals down the tree of people and over the months, in whole units that sum exactly at every level."""
