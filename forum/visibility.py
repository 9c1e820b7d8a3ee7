"""Who sees what of groups and events."""
