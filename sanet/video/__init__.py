"""Clips in, painted clips out: frame by frame, steady, and resumable. PyAV reads and writes, OpenCV follows motion."""
