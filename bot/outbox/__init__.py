"""Slack out: facts from the event table become messages, each once, whatever crashes."""
