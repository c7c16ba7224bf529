"""The systems that the paper compares SANet with (Table 1, Fig. 5, Fig. 11)."""
