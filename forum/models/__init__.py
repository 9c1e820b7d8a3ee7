"""Groups, what they talk and decide about, and events: shapes and invariants."""
