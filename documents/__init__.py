"""The bytes we hold: files people gave us and files we made, each checked, fingerprinted and owned by one organisation."""
