"""Training and measuring. The page works without it."""
