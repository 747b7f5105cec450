"""Translation only: requests in, service calls, pages and tables out. Only faces read the clock."""
