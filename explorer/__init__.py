"""Explorer: see what repeats and what does not belong in your tickets and logs."""
