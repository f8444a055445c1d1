"""Slack's Web API: one table from method name to handler, scopes and tier, and the methods themselves."""
