"""Manifests: the Compose subset and its ``x-sandbox`` section, read, checked and filled in."""
