"""Painting in other processes, on this machine or others: replicas behind the `Engine` protocol, by Ray Serve."""
