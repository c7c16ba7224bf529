"""The page: words and widgets around an engine. One module per tab; never a tensor."""
