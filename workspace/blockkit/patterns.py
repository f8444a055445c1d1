"""The forms that some strings must have."""

import re

HTTP_URL = re.compile(r"https?://[^\s<>|]+")
HTTPS_URL = re.compile(r"https://[^\s<>|]+")
LINK_URL = re.compile(r"(?:https?|slack)://[^\s<>|]+|(?:mailto|tel):[^\s<>|]+")
DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
WHOLE_NUMBER = re.compile(r"-?\d+")
DECIMAL_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
HEX_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
