"""What a server needs beside the page."""
