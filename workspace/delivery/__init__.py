"""How payloads reach apps: signed HTTP or Socket Mode, with deadlines, retries and ordered misbehaviour."""
