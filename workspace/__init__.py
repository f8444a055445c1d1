"""A local Slack workspace: a program that speaks Slack's API, for trying apps and for testing them."""
