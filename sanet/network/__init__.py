"""The networks of the paper: pure PyTorch, no pictures, no files, no Hub."""
