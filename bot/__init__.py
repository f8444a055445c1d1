"""bot knows words: Slack in, Slack out, web pages. The only floor that knows Slack."""
