"""Many pictures in one go, in processes that share the work: `sanet batch`."""
