"""Who may do what in groups and at events."""
