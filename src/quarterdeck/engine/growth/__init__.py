"""How revenue changed, and what it is made of: retention, price and volume and mix, market and share, rates."""
