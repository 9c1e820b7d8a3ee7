"""What the forum begins with: the cycle, its groups and the competition-law notice, as data."""
