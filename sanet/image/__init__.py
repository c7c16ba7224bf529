"""Pictures in and out of files, and masks. Knows no network."""
