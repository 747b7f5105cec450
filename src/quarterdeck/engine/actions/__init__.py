"""From what is left of a target to what to do today: amounts a day, actions a day, and which deals first."""
