"""What people type about groups and events."""
