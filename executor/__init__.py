"""executor knows rules: operations, lifecycle, engine, proxy, images, limits. It knows no Slack."""
