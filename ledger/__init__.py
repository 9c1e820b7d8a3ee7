"""What happened: entries, transitions, read log, relay, deliveries, and occurrences (what is due)."""
