"""Pictures in, painted pictures out: the inference engine and what it costs."""
