"""Questions about groups and events: read only."""
