"""The reverse proxy: HAProxy, driven by maps through its runtime socket and never reloaded."""
