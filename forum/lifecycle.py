"""States of groups, of their work and of events, and the legal moves between them."""
