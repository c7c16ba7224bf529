"""Votes of visitors on results of several methods, and what they say. The page works without any."""
