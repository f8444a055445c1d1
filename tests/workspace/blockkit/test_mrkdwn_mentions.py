"""Whom a message pings: by its text, its blocks and its attachments, and whom it does not."""

import pytest

from tests.workspace.blockkit.samples import Json, mrkdwn, option, plain, rich, run
from workspace.blockkit.mrkdwn import (
    Mention,
    date_faults,
    escape,
    mentions_in_message,
    mentions_in_text,
    unescape,
)

U1 = Mention(kind="user", target="U1")
S1 = Mention(kind="usergroup", target="S1")
HERE = Mention(kind="here")
CHANNEL = Mention(kind="channel")
EVERYONE = Mention(kind="everyone")

WRITTEN: list[tuple[str, list[Mention]]] = [
    ("<@U1>", [U1]),
    ("<@U1|ann>", [U1]),
    ("<@W1>", [Mention(kind="user", target="W1")]),
    ("<!subteam^S1>", [S1]),
    ("<!subteam^S1|@team>", [S1]),
    ("<!here>", [HERE]),
    ("<!here|here>", [HERE]),
    ("<!channel>", [CHANNEL]),
    ("<!group>", [CHANNEL]),
    ("<!everyone>", [EVERYONE]),
    ("```<!here>```", [HERE]),
    ("<<!here>", [HERE]),
    ("<!everyone> and <@U1>", [EVERYONE, U1]),
    ("<#C1>", []),
    ("<#C1|general>", []),
    ("<https://example.com|@ann>", []),
    ("<!date^1^{date}|today>", []),
    ("<@ann>", []),
    ("<!all>", []),
    ("&lt;!here&gt;", []),
    ("&lt;@U1&gt;", []),
]


@pytest.mark.parametrize(("text", "mentions"), WRITTEN)
def test_a_written_mention_pings_whether_names_are_parsed_or_not(text: str, mentions: list[Mention]) -> None:
    """Angle brackets speak for themselves; escaped ones do not."""
    assert mentions_in_text(text, parse_names=False) == mentions
    assert mentions_in_text(text, parse_names=True) == mentions


BARE: list[tuple[str, list[Mention]]] = [
    ("@here", [HERE]),
    ("hi @channel!", [CHANNEL]),
    ("(@everyone)", [EVERYONE]),
    ("@HERE", [HERE]),
    ("@group", [CHANNEL]),
    ("<@U1> @here", [U1, HERE]),
    ("@here <@U1>", [HERE, U1]),
    ("me@here.com", []),
    ("@hereafter", []),
    ("@@here", []),
    ("<https://example.com/@here>", []),
    ("@ann", []),
]


@pytest.mark.parametrize(("text", "mentions"), BARE)
def test_a_bare_name_pings_only_where_names_are_parsed(text: str, mentions: list[Mention]) -> None:
    """@here and its like, as words of their own."""
    assert mentions_in_text(text, parse_names=True) == mentions
    assert HERE not in mentions_in_text(text, parse_names=False)


def section(text: Json) -> Json:
    """A message of one section."""
    return {"blocks": [{"type": "section", "text": text}]}


MESSAGES: list[tuple[Json, list[Mention]]] = [
    ({"text": "<!here>"}, [HERE]),
    ({"text": "@here"}, []),
    ({"markdown_text": "@here"}, [HERE]),
    (section(mrkdwn("@here")), [HERE]),
    (section(mrkdwn("@here") | {"verbatim": False}), [HERE]),
    (section(mrkdwn("@here") | {"verbatim": True}), []),
    (section(mrkdwn("<!here>") | {"verbatim": True}), [HERE]),
    (section(plain("<!here> @here")), []),
    ({"blocks": [{"type": "markdown", "text": "@channel"}]}, [CHANNEL]),
    ({"blocks": [{"type": "context", "elements": [mrkdwn("<@U1>")]}]}, [U1]),
    ({"blocks": [rich({"type": "user", "user_id": "U1"})]}, [U1]),
    ({"blocks": [rich({"type": "usergroup", "usergroup_id": "S1"})]}, [S1]),
    ({"blocks": [rich({"type": "broadcast", "range": "everyone"})]}, [EVERYONE]),
    ({"blocks": [rich(run("<!here> @here"))]}, []),
    ({"blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "<!here>"}]]}]}, []),
    ({"blocks": [{"type": "table", "rows": [[rich({"type": "broadcast", "range": "here"})]]}]}, [HERE]),
    ({"attachments": [{"text": "<!here>"}]}, [HERE]),
    ({"attachments": [{"pretext": "<@U1>"}]}, [U1]),
    ({"attachments": [{"fields": [{"value": "<!channel>"}]}]}, [CHANNEL]),
    ({"attachments": [{"text": "@here"}, "no attachment"]}, []),
    ({"attachments": [section(mrkdwn("@here"))]}, [HERE]),
    ({"text": "<@U1>", **section(mrkdwn("<@U1> <!here>"))}, [U1, HERE]),
    (
        {
            "blocks": [
                {
                    "type": "actions",
                    "elements": [
                        {
                            "type": "checkboxes",
                            "options": [option() | {"text": mrkdwn("<!here>")}],
                            "confirm": {"text": mrkdwn("<!here>")},
                        }
                    ],
                }
            ]
        },
        [],
    ),
]


@pytest.mark.parametrize(("payload", "mentions"), MESSAGES)
def test_a_message_pings_whom_its_parts_mention(payload: Json, mentions: list[Mention]) -> None:
    """Each part by its own rules, and everybody once."""
    assert mentions_in_message(payload) == mentions


def test_link_names_makes_bare_names_in_texts_ping() -> None:
    """In the text and in attachments, which without it stay quiet."""
    payload: Json = {"text": "@here", "attachments": [{"text": "@channel"}]}
    assert mentions_in_message(payload) == []
    assert mentions_in_message(payload, link_names=True) == [HERE, CHANNEL]


def test_escaped_text_pings_nobody_and_reads_the_same() -> None:
    """escape and unescape undo each other."""
    hostile = "<!here> & <@U1> &lt;"
    assert escape(hostile) == "&lt;!here&gt; &amp; &lt;@U1&gt; &amp;lt;"
    assert mentions_in_text(escape(hostile), parse_names=False) == []
    assert unescape(escape(hostile)) == hostile


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("<!date^1392734382^{date_num} {time_secs}|2014-02-18>", []),
        ("<!date^1392734382^{ago}^https://example.com/|a while ago>", []),
        ("<!date^1^{date} {date_short} {date_long} {date_pretty} {time} {date_long_pretty}|then>", []),
        ("<!date^now^{date}|today>", ["not a Unix time: now"]),
        ("<!date^1^{date}>", ["a date needs a fallback after |"]),
        ("<!date^1^{date}|>", ["a date needs a fallback after |"]),
        ("<!date^1^today|today>", ["no token in the format: today"]),
        ("<!date^1^{hour}|today>", ["unknown token: {hour}"]),
        ("<!date^1|today>", ["a date is <!date^unix^format^link|fallback>"]),
        ("<!date|today>", ["a date is <!date^unix^format^link|fallback>"]),
        ("<!dates^1^{date}|today>", ["a date is <!date^unix^format^link|fallback>"]),
        ("<!date^1^{date}^https://example.com^more|today>", ["a date is <!date^unix^format^link|fallback>"]),
        ("no date, <!here>", []),
    ],
)
def test_a_date_that_slack_could_not_show_is_told(text: str, faults: list[str]) -> None:
    """A Unix time, a format with tokens Slack knows, perhaps a link, and a fallback."""
    assert date_faults(text) == faults
