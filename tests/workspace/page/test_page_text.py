"""The page's pure text functions: mrkdwn, dates, typed text, rich text, what the composer proposes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workspace.page.conftest import Opener

pytestmark = pytest.mark.browser

PLAIN = """async (text) => {
    const { parseMrkdwn } = await import('/js/text/mrkdwn.js');
    const marks = { bold: '*', italic: '_', strike: '~', code: '`' };
    const show = (nodes) => nodes.map((node) => {
        if (node.t === 'text') return node.v;
        if (marks[node.t]) return `${marks[node.t]}{${show(node.c)}}`;
        if (node.t === 'line') return show(node.c) + '\\n';
        const what = node.id ?? node.name ?? node.url ?? node.unix ?? '';
        return `<${node.t} ${what}${node.c ? ` {${show(node.c)}}` : ''}>`;
    }).join('');
    return show(parseMrkdwn(text, { names: true })).trim();
}"""

MRKDWN = {
    "*bold* and _it_ and ~no~": "*{bold} and _{it} and ~{no}",
    "*bold _both_*": "*{bold _{both}}",
    "2*3*4 snake_case_name": "2*3*4 snake_case_name",
    "* not bold *": "* not bold *",
    "*open": "*open",
    "`*code*`": "`{*code*}",
    "a &lt;b&gt; &amp;amp;": "a <b> &amp;",
    "<@U1> <#C1|general> <!subteam^S1|@qa> <!here>": "<user U1> <channel C1> <group S1> <broadcast here>",
    "<https://a.b/?x=1&amp;y=2|the *link*>": "<link https://a.b/?x=1&y=2 {the *link*}>",
    "see https://a.b/c.": "see <link https://a.b/c {https://a.b/c}>.",
    "<!date^1^{time}|then>": "<date 1>",
    "&gt; quoted\nnot": "<quote  {quoted\n}>not",
    "&gt;&gt;&gt; all\nof it": "<quote  {all\nof it\n}>",
    "```\nx *y*\n```": "<pre  {x *y*}>",
    ":tada::skin-tone-2: 12:30:45": "<emoji tada> 12<emoji 30>45",
    "@channel #general": "<broadcast channel> <hash general>",
    "<unclosed": "<unclosed",
}

DATES = [
    ("{date_num} {time_secs}", "Europe/Berlin", "2026-11-20 7:00:00 PM"),
    ("{date_num} {time}", "Asia/Kolkata", "2026-11-20 11:30 PM"),
    ("{date} {date_short}", "UTC", "November 20th, 2026 Nov 20, 2026"),
    ("{date_long}", "Pacific/Auckland", "Saturday, November 21st, 2026"),
    ("{date_short_pretty} {ago}", "UTC", "today in 5 minutes"),
    ("{nonsense}", "UTC", None),
]


def test_mrkdwn_is_understood_as_slack_understands_it(open_page: Opener) -> None:
    """Marks at word boundaries, escapes, references, quotes, code, bare links, names."""
    page = open_page()
    got = {text: page.evaluate(PLAIN, text) for text in MRKDWN}
    assert got == MRKDWN


def test_dates_are_filled_in_for_the_zone(open_page: Opener) -> None:
    """Each token of the format, and null where the fallback must be shown."""
    page = open_page()
    script = """async ([format, zone]) => {
        const { formatDate } = await import('/js/text/dates.js');
        return formatDate(1795197600, format, zone, 1795197300);
    }"""
    got = [(form, zone, page.evaluate(script, [form, zone])) for form, zone, _ in DATES]
    assert got == DATES


def test_a_moment_typed_in_a_zone_is_found_again(open_page: Opener) -> None:
    """Also around the hour that clocks skip or repeat."""
    page = open_page()
    script = """async ([text, zone]) => {
        const { unixOfIsoMinute, isoMinute } = await import('/js/text/dates.js');
        return isoMinute(unixOfIsoMinute(text, zone), zone);
    }"""
    for zone in ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham", "UTC"):
        for text in ("2026-03-29T01:59", "2026-10-25T03:30", "2026-11-01T12:00", "2027-01-01T00:00"):
            assert page.evaluate(script, [text, zone]) == text


def test_marks_become_the_text_one_would_type(open_page: Opener) -> None:
    """For editing one's own message."""
    page = open_page()
    script = """async (text) => {
        const { typedText } = await import('/js/text/typed.js');
        const users = { U1: { name: 'alice' } };
        const channels = { C1: { name: 'general' } };
        return typedText(text, { users, channels, groups: { S1: { handle: 'qa' } } });
    }"""
    text = "<@U1> <#C1> <!subteam^S1> <!here> <https://a.b|x> &lt;3 <@U9>"
    assert page.evaluate(script, text) == "@alice #general @qa @here https://a.b <3 <@U9>"


def test_typed_marks_become_rich_text(open_page: Opener) -> None:
    """Lists, quotes, fences and styles of the rich text field."""
    page = open_page()
    script = "async (text) => (await import('/js/text/rich.js')).toRichText(text)"
    rich: dict[str, Any] = page.evaluate(script, "hi *you* <3\n- one\n- two\n> said\n```\ncode\n```")
    assert [part["type"] for part in rich["elements"]] == [
        "rich_text_section",
        "rich_text_list",
        "rich_text_quote",
        "rich_text_preformatted",
    ]
    assert rich["elements"][0]["elements"] == [
        {"type": "text", "text": "hi "},
        {"type": "text", "text": "you", "style": {"bold": True}},
        {"type": "text", "text": " <3"},
    ]
    assert len(rich["elements"][1]["elements"]) == 2
