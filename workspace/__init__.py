"""A local Slack workspace: a server that speaks Slack's API as strictly as Slack, with a page to chat in.

It knows nothing of the apps that use it. Run it with `python -m workspace --config FILE`.
"""
