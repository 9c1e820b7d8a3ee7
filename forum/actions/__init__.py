"""The verbs of groups and events: the only writers."""
