"""What stays on disk: analyses, and the runs that make them."""
