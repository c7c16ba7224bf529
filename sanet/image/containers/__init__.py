"""File formats as bytes, before any decoder sees them: what a file is, and the picture in it without the rest.

A decoder gets no comments, notes or further frames: they cost time and memory, and may keep a good picture from being
read. What is needed of them is read here. Knows no PIL.
"""
