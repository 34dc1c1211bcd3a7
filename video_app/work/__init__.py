"""What workers do: leases, the order of work, one file per kind of work."""
