"""Slack in: commands, mentions, buttons and forms, each by its own short way to the same desk."""
