"""A signed-in person's own account: `/api/me/`."""
