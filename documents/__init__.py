"""The bytes we hold: files people gave us and files we made, each fingerprinted and owned by someone."""
