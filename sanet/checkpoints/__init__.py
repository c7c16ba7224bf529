"""Checkpoints: our format, the published one, the Hugging Face Hub, the catalog."""
