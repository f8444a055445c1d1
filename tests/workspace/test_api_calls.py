"""How a Web API call is read, authorised, budgeted and refused."""
# ruff: noqa: D103  # each name says its behaviour

import pytest
from aiohttp import FormData

from tests.workspace.sample import APP_TOKEN, BOT_TOKEN, GENERAL, sample_config, sample_workspace, section
from workspace.api.methods import METHODS

BEARER = {"Authorization": f"Bearer {BOT_TOKEN}"}


async def test_arguments_are_taken_from_query_form_json_and_multipart() -> None:
    """The Python client sends some calls as a query with an empty body, others as JSON; Slack takes all."""
    async with sample_workspace() as (_, api):
        form = FormData({"channel": GENERAL, "text": "multipart"}, default_to_multipart=True)
        for request in (
            {"params": {"channel": GENERAL, "text": "query"}},
            {"data": {"channel": GENERAL, "text": "form"}},
            {"json": {"channel": GENERAL, "text": "json"}},
            {"data": form},
            {"params": {"channel": GENERAL}, "data": {"text": "both"}},
            {"params": {"channel": GENERAL}, "json": {"text": "query and json"}},
        ):
            answer = await (await api.raw("chat.postMessage", headers=BEARER, **request)).json()
            assert answer["ok"], (request, answer)


async def test_a_token_may_be_a_header_or_a_parameter_but_not_in_json() -> None:
    async with sample_workspace() as (_, api):
        in_form = await (await api.raw("auth.test", data={"token": BOT_TOKEN})).json()
        in_query = await (await api.raw("auth.test", params={"token": BOT_TOKEN})).json()
        in_json = await (await api.raw("auth.test", json={"token": BOT_TOKEN})).json()
    assert (in_form["ok"], in_query["ok"]) == (True, True)
    assert in_json == {"ok": False, "error": "not_authed"}


async def test_reading_methods_take_no_json() -> None:
    """Only methods that write accept application/json."""
    async with sample_workspace() as (_, api):
        assert await api.error("users.info", user="U0ALICE") == "invalid_arguments"
        assert (await api.get("users.info", user="U0ALICE"))["ok"]


@pytest.mark.parametrize(
    ("request_arguments", "code"),
    [
        ({"data": b"x", "headers": {**BEARER, "Content-Type": "application/xml"}}, "invalid_post_type"),
        ({"data": b"{", "headers": {**BEARER, "Content-Type": "application/json"}}, "invalid_json"),
        ({"data": b"[]", "headers": {**BEARER, "Content-Type": "application/json"}}, "json_not_object"),
        (
            {"data": b"{}", "headers": {**BEARER, "Content-Type": "application/json; charset=utf-16"}},
            "invalid_charset",
        ),
        (
            {"data": b"x=1", "headers": BEARER, "skip_auto_headers": ["Content-Type"]},
            "missing_post_type",
        ),
        (
            {"data": b"x", "headers": {**BEARER, "Content-Type": "multipart/form-data"}},
            "invalid_form_data",
        ),
        ({"headers": {}}, "not_authed"),
        ({"headers": {"Authorization": "Bearer xoxb-unknown"}}, "invalid_auth"),
    ],
)
async def test_a_malformed_call_is_refused_in_slacks_words(request_arguments: dict, code: str) -> None:
    async with sample_workspace() as (_, api):
        answer = await (await api.raw("chat.postMessage", **request_arguments)).json()
    assert answer["error"] == code


async def test_an_unknown_method_is_named() -> None:
    async with sample_workspace() as (_, api):
        assert await api("chat.shout") == {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}


async def test_a_missing_argument_is_named() -> None:
    async with sample_workspace() as (_, api):
        answer = await api("chat.postMessage", text="nowhere")
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


async def test_a_token_without_the_scope_is_told_what_is_needed_and_what_it_has() -> None:
    config = sample_config(app={"scopes": ["commands", "users:read"]})
    async with sample_workspace(config) as (_, api):
        answer = await api("chat.postMessage", channel=GENERAL, text="hi")
        allowed = await api.get("users.info", user="U0ALICE")
    assert answer == {
        "ok": False,
        "error": "missing_scope",
        "needed": "chat:write",
        "provided": "commands,users:read",
    }
    assert allowed["ok"]
    assert "email" not in allowed["user"]["profile"]


@pytest.mark.parametrize("name", sorted(name for name, method in METHODS.items() if method.scopes))
async def test_every_method_with_scopes_refuses_a_token_without_them(name: str) -> None:
    async with sample_workspace(sample_config(app={"scopes": ["none:really"]})) as (running, api):
        api.token = BOT_TOKEN if "bot" in METHODS[name].tokens else api.token
        if "bot" not in METHODS[name].tokens:
            token = running.ws.state.tokens["xapp-helper" if "app" in METHODS[name].tokens else "xoxp-alice"]
            token.scopes = []
            api.token = token.value
        assert await api.error(name) == "missing_scope"


async def test_an_app_token_opens_connections_and_does_nothing_else() -> None:
    async with sample_workspace() as (_, api):
        assert await api.error("apps.connections.open") == "not_allowed_token_type"
        api.token = APP_TOKEN
        assert await api.error("chat.postMessage", channel=GENERAL, text="hi") == "not_allowed_token_type"
        assert (await api("apps.connections.open"))["url"].startswith("ws://")


async def test_a_revoked_token_is_dead_until_it_is_restored() -> None:
    async with sample_workspace() as (running, api):
        await running.control("tokens/revoke", {"app_id": "A0HELPER"})
        assert await api.error("auth.test") == "account_inactive"
        api.token = "xoxp-alice"
        assert await api.error("auth.test") == "token_revoked"
        await running.control("tokens/restore", {"app_id": "A0HELPER"})
        assert (await api("auth.test"))["ok"]


async def test_an_app_may_revoke_its_own_token() -> None:
    async with sample_workspace() as (_, api):
        assert (await api.get("auth.revoke", test="true"))["revoked"] is False
        assert (await api.get("auth.revoke"))["revoked"] is True
        assert await api.error("auth.test") == "account_inactive"


async def test_auth_test_says_who_the_bot_is() -> None:
    async with sample_workspace() as (running, api):
        answer = await api("auth.test")
        bot = running.ws.state.apps["A0HELPER"]
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0ACME", bot.bot_user, bot.bot_id)


async def test_answers_name_the_scopes_of_token_and_method() -> None:
    async with sample_workspace() as (_, api):
        response = await api.raw("chat.postMessage", headers=BEARER, json={})
    assert "chat:write" in response.headers["X-OAuth-Scopes"]
    assert response.headers["X-Accepted-OAuth-Scopes"] == "chat:write"


async def test_a_method_is_limited_per_minute_and_others_are_not_affected() -> None:
    """Tier 2 allows 20 a minute; the 21st gets 429 with Retry-After."""
    config = sample_config(limits={"rate_limits": True})
    async with sample_workspace(config) as (running, api):
        for _ in range(20):
            assert (await api.get("users.list"))["ok"]
        response = await api.raw("users.list", headers=BEARER)
        assert response.status == 429
        assert 1 <= int(response.headers["Retry-After"]) <= 60
        assert await response.json() == {"ok": False, "error": "ratelimited"}
        assert (await api.get("users.info", user="U0ALICE"))["ok"]
        await running.control("clock", {"offset_seconds": 61})
        assert (await api.get("users.list"))["ok"]


@pytest.mark.parametrize(
    ("name", "per_minute"),
    [
        ("chat.update", 50), ("chat.delete", 50), ("views.open", 100), ("chat.postEphemeral", 100),
        ("conversations.list", 20), ("users.info", 100), ("files.info", 100), ("auth.test", 600),
    ],
)  # fmt: skip
async def test_budgets_are_slacks_tiers(name: str, per_minute: int) -> None:
    assert METHODS[name].per_minute == per_minute


async def test_posting_is_limited_to_about_one_a_second_per_channel_after_a_burst() -> None:
    config = sample_config(limits={"rate_limits": True})
    async with sample_workspace(config) as (running, api):
        statuses = []
        for _ in range(7):
            response = await api.raw(
                "chat.postMessage", headers=BEARER, json={"channel": GENERAL, "text": "x"}
            )
            statuses.append(response.status)
        assert statuses[:5] == [200] * 5
        assert 429 in statuses
        assert (await response.json())["error"] == "rate_limited"
        elsewhere = await api.raw("chat.postMessage", headers=BEARER, json={"channel": "C0TEAM", "text": "x"})
        assert elsewhere.status == 200
        await running.control("clock", {"offset_seconds": 2})
        again = await api.raw("chat.postMessage", headers=BEARER, json={"channel": GENERAL, "text": "x"})
        assert again.status == 200


async def test_api_test_returns_its_arguments_or_the_error_asked_for() -> None:
    async with sample_workspace() as (_, api):
        assert (await api("api.test", foo="bar"))["args"] == {"foo": "bar"}
        assert await api.error("api.test", error="my_error") == "my_error"


async def test_blocks_validate_needs_no_token_and_points_at_faults() -> None:
    async with sample_workspace() as (_, api):
        good = await (await api.raw("blocks.validate", json={"blocks": [section()]})).json()
        bad = await (await api.raw("blocks.validate", json={"blocks": [section("x" * 3001)]})).json()
        nothing = await (await api.raw("blocks.validate", json={})).json()
    assert good == {"ok": True}
    assert bad["errors"][0]["pointer"] == "/blocks/0/text/text"
    assert nothing["error"] == "invalid_arguments"


async def test_team_and_bot_describe_themselves() -> None:
    async with sample_workspace() as (running, api):
        app = running.ws.state.apps["A0HELPER"]
        assert (await api.get("team.info"))["team"]["domain"] == "acme"
        assert await api.get_error("team.info", team="T0OTHER") == "team_not_found"
        assert (await api.get("bots.info", bot=app.bot_id))["bot"]["user_id"] == app.bot_user
        assert await api.get_error("bots.info", bot="B0NOBODY") == "bot_not_found"
        assert (await api.get("emoji.list"))["emoji"] == {}


async def test_manifests_are_checked() -> None:
    async with sample_workspace() as (_, api):
        good = await api("apps.manifest.validate", manifest={"display_information": {"name": "x"}})
        assert good["ok"]
        assert (
            await api.error("apps.manifest.validate", manifest={"display_information": {}})
            == "invalid_manifest"
        )
        assert await api.error("apps.manifest.validate", manifest="[]") == "invalid_arguments"


async def test_a_failure_of_its_own_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async with sample_workspace() as (running, api):
        monkeypatch.setattr(running.ws, "team", None)
        response = await api.raw("auth.test", headers=BEARER)
        assert (response.status, await response.json()) == (500, {"ok": False, "error": "internal_error"})
