"""The engine: what runs containers. Only this package knows the Docker SDK."""
