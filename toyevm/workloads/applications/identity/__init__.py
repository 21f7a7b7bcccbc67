"""A registry of identities: who controls them, and what accredited issuers attest to them."""
