"""How the page reaches the browser: a small document, and what never changes in few files that it keeps."""
