"""Consent to read health records, and the trail that readings leave."""
