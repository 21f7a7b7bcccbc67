"""The patient behind the hash of a health record."""
