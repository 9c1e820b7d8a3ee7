"""`bin/bench`: how many statements, how much CPU and how many bytes the pages cost as the world grows."""
