"""What people find: search, favourites, positions, progress."""
