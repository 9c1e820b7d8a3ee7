"""The API as a whole: its contract, its refusals, its doors."""
