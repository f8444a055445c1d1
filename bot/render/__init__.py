"""Drawing: rows in, messages out. Pure; all wording that a person sees in Slack is in here."""
