"""Each rule about charts, cards, containers and tasks refuses what it should, at the right place."""

from collections.abc import Mapping

import pytest

from tests.workspace.blockkit.block_samples import CARD, TASK, chart
from tests.workspace.blockkit.complaints import (
    BUTTON,
    EMPTY,
    ENUM,
    NO_ITEMS,
    PLAIN_ONLY,
    URL,
    Case,
    lacking,
    missing,
    too_long,
    too_many,
)
from tests.workspace.blockkit.places import edited_block
from tests.workspace.blockkit.samples import (
    GONE,
    changed,
    mrkdwn,
    plain,
    url,
)

CHART_CASES: list[Case] = [
    ("pie", {"title": "t" * 51}, too_long(50), "/title"),
    ("pie", {"title": ""}, EMPTY, "/title"),
    *lacking("pie", "title", "chart"),
    ("pie", chart("pie", segments=[]), NO_ITEMS, "/chart/segments"),
    ("pie", chart("pie", segments=[{"label": "a", "value": 1}] * 7), too_many(6), "/chart/segments"),
    (
        "pie",
        chart("pie", segments=[{"label": "a", "value": 0}]),
        "must be greater than 0",
        "/chart/segments/0/value",
    ),
    ("pie", chart("pie", segments=[{"label": "a"}]), missing("value"), "/chart/segments/0"),
    ("pie", chart("pie", segments=[{"value": 1}]), missing("label"), "/chart/segments/0"),
    (
        "pie",
        chart("pie", segments=[{"label": "a" * 21, "value": 1}]),
        too_long(20),
        "/chart/segments/0/label",
    ),
    ("pie", chart("pie", segments=[{"label": "", "value": 1}]), EMPTY, "/chart/segments/0/label"),
    ("pie", chart("pie", segments=GONE), missing("segments"), "/chart"),
    ("pie", {"chart": {"type": "radar"}}, "unsupported type: radar", "/chart/type"),
    ("bar", chart("bar", series=[]), NO_ITEMS, "/chart/series"),
    ("bar", chart("bar", series=[{}] * 7), too_many(6), "/chart/series"),
    ("bar", chart("bar", series=GONE), missing("series"), "/chart"),
    ("bar", chart("bar", axis_config=GONE), missing("axis_config"), "/chart"),
    ("bar", chart("bar", axis_config={}), missing("categories"), "/chart/axis_config"),
    ("bar", chart("bar", axis_config={"categories": []}), NO_ITEMS, "/chart/axis_config/categories"),
    (
        "bar",
        chart("bar", axis_config={"categories": ["x"] * 21}),
        too_many(20),
        "/chart/axis_config/categories",
    ),
    (
        "bar",
        chart("bar", axis_config={"categories": ["x", "x"]}),
        "must provide unique items",
        "/chart/axis_config/categories",
    ),
    (
        "bar",
        chart("bar", axis_config={"categories": ["x"], "x_label": "x" * 51}),
        too_long(50),
        "/chart/axis_config/x_label",
    ),
    (
        "bar",
        chart("bar", axis_config={"categories": ["x"], "y_label": "y" * 51}),
        too_long(50),
        "/chart/axis_config/y_label",
    ),
    (
        "bar",
        chart("bar", axis_config={"categories": ["other"]}),
        "must have one data point for each category",
        "/chart/series/0/data",
    ),
    (
        "line",
        chart("line", axis_config={"categories": ["other"]}),
        "must have one data point for each category",
        "/chart/series/0/data",
    ),
    (
        "area",
        chart("area", axis_config={"categories": ["other"]}),
        "must have one data point for each category",
        "/chart/series/0/data",
    ),
    *(
        (
            kind,
            chart(kind, series=[{"name": "n", "data": [{"label": "d" * 20, "value": 1}]}] * 2),
            'series name "n" already exists',
            "/chart/series/1/name",
        )
        for kind in ("bar", "line", "area")
    ),
    (
        "bar",
        chart("bar", series=[{"data": [{"label": "l", "value": 1}]}]),
        missing("name"),
        "/chart/series/0",
    ),
    ("bar", chart("bar", series=[{"name": "n"}]), missing("data"), "/chart/series/0"),
    ("bar", chart("bar", series=[{"name": "n", "data": []}]), NO_ITEMS, "/chart/series/0/data"),
    ("bar", chart("bar", series=[{"name": "n", "data": [{}] * 21}]), too_many(20), "/chart/series/0/data"),
    (
        "bar",
        chart("bar", series=[{"name": "n", "data": [{"label": "l"}]}]),
        missing("value"),
        "/chart/series/0/data/0",
    ),
]

MODERN_CASES: list[Case] = [
    ("alert", {"text": mrkdwn(201)}, too_long(200), "/text/text"),
    ("alert", {"level": "fatal"}, ENUM, "/level"),
    *lacking("alert", "text"),
    ("card", {"title": mrkdwn(151)}, too_long(150), "/title/text"),
    ("card", {"subtitle": mrkdwn(151)}, too_long(150), "/subtitle/text"),
    ("card", {"body": mrkdwn(201)}, too_long(200), "/body/text"),
    ("card", {"subtext": mrkdwn(201)}, too_long(200), "/subtext/text"),
    ("card", {"title": "a string"}, "must provide an object", "/title"),
    ("card", {"actions": [BUTTON] * 4}, too_many(3), "/actions"),
    ("card", {"actions": []}, NO_ITEMS, "/actions"),
    ("card", {"actions": [{"type": "datepicker"}]}, "unsupported type: datepicker", "/actions/0/type"),
    ("card", {"actions": [BUTTON, BUTTON]}, '`action_id` "a" already exists', "/actions/1/action_id"),
    ("card", {"hero_image": BUTTON}, "unsupported type: button", "/hero_image/type"),
    (
        "card",
        dict.fromkeys(("hero_image", "title", "actions", "body"), GONE),
        "must define either `hero_image` or `title` or `actions` or `body`",
        "",
    ),
    (
        "card",
        {"slack_icon": {"type": "icon", "name": "rocket"}},
        "must define only one of `icon` or `slack_icon`",
        "",
    ),
    ("icon_card", {"slack_icon": {"type": "icon", "name": "rockets"}}, ENUM, "/slack_icon/name"),
    ("icon_card", {"slack_icon": {"type": "slack_icon", "name": "rocket"}}, ENUM, "/slack_icon/type"),
    ("icon_card", {"slack_icon": {"type": "icon"}}, missing("name"), "/slack_icon"),
    ("icon_card", {"slack_icon": {"name": "rocket"}}, missing("type"), "/slack_icon"),
    ("carousel", {"elements": []}, NO_ITEMS, "/elements"),
    ("carousel", {"elements": [changed(CARD, {"block_id": GONE})] * 11}, too_many(10), "/elements"),
    ("carousel", {"elements": [{"type": "divider"}]}, "unsupported type: divider", "/elements/0/type"),
    ("carousel", {"elements": [CARD, CARD]}, '`block_id` "card" already exists', "/elements/1/block_id"),
    *lacking("carousel", "elements"),
    ("container", {"title": plain(151)}, too_long(150), "/title/text"),
    ("container", {"title": mrkdwn()}, PLAIN_ONLY, "/title/type"),
    ("container", {"subtitle": mrkdwn(151)}, too_long(150), "/subtitle/text"),
    (
        "container",
        {"rich_text_title": {"type": "divider"}},
        "unsupported type: divider",
        "/rich_text_title/type",
    ),
    (
        "container",
        {"title": GONE, "rich_text_title": GONE},
        "must define either `title` or `rich_text_title`",
        "",
    ),
    ("container", {"width": "huge"}, ENUM, "/width"),
    (
        "container",
        {"has_header_divider": True},
        "`has_header_divider` cannot be set when `is_collapsible` is true",
        "",
    ),
    ("container", {"child_blocks": []}, NO_ITEMS, "/child_blocks"),
    ("container", {"child_blocks": [{"type": "divider"}] * 11}, too_many(10), "/child_blocks"),
    (
        "container",
        {"child_blocks": [{"type": "markdown", "text": "m"}]},
        "unsupported type: markdown",
        "/child_blocks/0/type",
    ),
    *lacking("container", "child_blocks"),
    ("task_card", {"status": "done"}, ENUM, "/status"),
    ("task_card", {"status": "pending"}, ENUM, "/status"),
    ("task_card", {"task_id": ""}, EMPTY, "/task_id"),
    ("task_card", {"title": ""}, EMPTY, "/title"),
    ("task_card", {"details": {"type": "divider"}}, "unsupported type: divider", "/details/type"),
    ("task_card", {"sources": [{"type": "url", "url": "x", "text": "t"}]}, URL, "/sources/0/url"),
    ("task_card", {"sources": [{"type": "url", "text": "t"}]}, missing("url"), "/sources/0"),
    ("task_card", {"sources": [{"type": "url", "url": url(30)}]}, missing("text"), "/sources/0"),
    ("task_card", {"sources": [{"type": "url", "url": url(30), "text": ""}]}, EMPTY, "/sources/0/text"),
    *lacking("task_card", "task_id", "title", "status"),
    ("plan", {"title": ""}, EMPTY, "/title"),
    ("plan", {"status": "done"}, ENUM, "/status"),
    ("plan", {"tasks": [TASK | {"status": "done"}]}, ENUM, "/tasks/0/status"),
    ("plan", {"tasks": [TASK | {"type": "card"}]}, ENUM, "/tasks/0/type"),
    *lacking("plan", "title"),
    ("video", {"title": plain(200)}, too_long(199), "/title/text"),
    ("video", {"description": plain(200)}, too_long(199), "/description/text"),
    ("video", {"author_name": "a" * 50}, too_long(49), "/author_name"),
    ("video", {"alt_text": ""}, EMPTY, "/alt_text"),
    ("video", {"video_url": "http://example.com/"}, URL, "/video_url"),
    ("video", {"title_url": "http://example.com/"}, URL, "/title_url"),
    ("video", {"thumbnail_url": "thumb.png"}, URL, "/thumbnail_url"),
    ("video", {"provider_icon_url": "icon.png"}, URL, "/provider_icon_url"),
    *lacking("video", "title", "alt_text", "video_url", "thumbnail_url"),
]


@pytest.mark.parametrize(("name", "edit", "complaint", "where"), [*CHART_CASES, *MODERN_CASES])
def test_a_modern_block_that_breaks_a_rule_is_refused(
    name: str, edit: Mapping[str, object], complaint: str, where: str
) -> None:
    """The one change made to a legal block is named, with its place."""
    problems, pointer = edited_block(name, edit)
    assert (complaint, pointer + where) in [(problem.message, problem.pointer) for problem in problems]
