"""Slack out: one client, one pace, every refusal understood."""
