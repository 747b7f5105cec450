"""How the house is wired: settings from the environment, urls, the server's entry."""
