"""Pages of groups and events."""
