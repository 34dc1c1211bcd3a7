"""Films for tests: real ones, fetched when needed, and samples made on the spot."""
