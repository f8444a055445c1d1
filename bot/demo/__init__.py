"""The demo: a local Slack workspace, the proxy, the bot, and an engine if none answers, on one machine."""
