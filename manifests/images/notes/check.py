"""Exits 0 when the program answers and its database does."""

import sys
from http.client import HTTPConnection

connection = HTTPConnection("127.0.0.1", 8080, timeout=3)
try:
    connection.request("GET", "/healthz")
    answer = connection.getresponse()
except OSError as error:
    sys.exit(f"no answer: {error}")
sys.exit(0 if answer.status == 200 else f"the program answers, its database does not ({answer.status})")
