"""Installing an app with OAuth v2, token rotation, and signing in with OpenID Connect."""
# ruff: noqa: D103  # each name says its behaviour

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import encode_basic_auth

from tests.workspace.listening import socket_app
from tests.workspace.sample import GENERAL, Api, actions, button, sample_config, sample_workspace
from workspace.client import NotDone
from workspace.signing_key import SHA256_PREFIX

REDIRECT = "http://127.0.0.1:9/done"
CLIENT = {"client_id": "111.222", "client_secret": "client-secret"}
ASK = {"client_id": "111.222", "scope": "chat:write,commands", "state": "xyz", "redirect_uri": REDIRECT}
SIGN_IN = {**ASK, "scope": "openid email profile", "response_type": "code", "nonce": "n1"}


async def decide(api: Api, query: dict[str, str], path: str = "oauth/v2", **form: str) -> dict[str, str]:
    """What the browser brings back to the app."""
    async with api.session.post(
        f"{api.base}/{path}/authorize", params=query, data={"user": "U0ALICE", "allow": "yes", **form},
        allow_redirects=False,
    ) as response:  # fmt: skip
        assert response.status == 302
        back = urlsplit(response.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == REDIRECT
    return {key: values[0] for key, values in parse_qs(back.query).items()}


async def exchange(api: Api, method: str = "oauth.v2.access", **form: Any) -> dict[str, Any]:
    return dict(await (await api.raw(method, data={**CLIENT, "redirect_uri": REDIRECT, **form})).json())


async def test_an_install_gives_a_bot_token_with_the_scopes_asked_for() -> None:
    async with sample_workspace(sample_config(app={"installed": False, "bot_token": ""})) as (running, api):
        back = await decide(api, {**ASK, "user_scope": "chat:write"})
        assert back["state"] == "xyz"
        answer = await exchange(api, code=back["code"])
        assert answer["ok"], answer
        assert (answer["token_type"], answer["scope"], answer["app_id"]) == (
            "bot",
            "chat:write,commands",
            "A0HELPER",
        )
        assert answer["team"] == {"id": "T0ACME", "name": "Acme"}
        assert answer["bot_user_id"] == running.ws.state.apps["A0HELPER"].bot_user
        assert answer["authed_user"]["id"] == "U0ALICE"
        assert answer["authed_user"]["access_token"].startswith("xoxp-")
        api.token = answer["access_token"]
        assert (await api("auth.test"))["user"] == "helper"
        assert await api.get_error("users.list") == "missing_scope"
        assert (await exchange(api, code=back["code"]))["error"] == "code_already_used"


async def test_client_credentials_may_come_as_basic_authentication() -> None:
    async with sample_workspace() as (_, api):
        code = (await decide(api, ASK))["code"]
        header = {"Authorization": encode_basic_auth("111.222", "client-secret")}
        request = {"headers": header, "data": {"code": code, "redirect_uri": REDIRECT}}
        assert (await (await api.raw("oauth.v2.access", **request)).json())["ok"]


async def test_a_refusal_comes_back_as_access_denied() -> None:
    async with sample_workspace() as (_, api):
        assert await decide(api, ASK, allow="no") == {"error": "access_denied", "state": "xyz"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client_id": "9.9"}, "invalid_client_id"),
        ({"redirect_uri": "http://evil.example/"}, "bad_redirect_uri"),
        ({"redirect_uri": REDIRECT + "ness"}, "bad_redirect_uri"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"user_scope": "admin"}, "invalid_scope"),
        ({"scope": ""}, "no_scopes"),
    ],
)
async def test_a_request_that_slack_refuses_is_refused_on_the_page(change: dict, code: str) -> None:
    async with sample_workspace() as (_, api):
        url = f"{api.base}/oauth/v2/authorize"
        async with api.session.get(url, params={**ASK, **change}) as response:
            assert (response.status, code in await response.text()) == (400, True)
        async with api.session.post(url, params={**ASK, **change}, data={"user": "U0ALICE"}) as response:
            assert response.status == 400


async def test_the_page_names_app_scopes_and_active_people() -> None:
    async with sample_workspace() as (_, api):
        async with api.session.get(f"{api.base}/oauth/v2/authorize", params=ASK) as response:
            page = await response.text()
        assert "Helper wants to be installed in Acme" in page
        assert "chat:write" in page
        assert "U0ALICE" in page
        assert "U0GONE" not in page
        headers = {"Origin": "http://evil.example"}
        async with api.session.post(
            f"{api.base}/oauth/v2/authorize", params=ASK, data={"user": "U0ALICE"}, headers=headers
        ) as response:
            assert response.status == 403
        async with api.session.post(
            f"{api.base}/oauth/v2/authorize", params=ASK, data={"user": "U0GONE"}
        ) as response:
            assert response.status == 400


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"client_id": "9.9"}, "invalid_client_id"),
        ({"code": "nonsense"}, "invalid_code"),
        ({"redirect_uri": "http://other/"}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_refresh_token"),
        ({"grant_type": "refresh_token"}, "invalid_refresh_token"),
    ],
)
async def test_an_exchange_that_slack_refuses(change: dict, code: str) -> None:
    async with sample_workspace() as (_, api):
        right = {"code": (await decide(api, ASK))["code"]}
        assert (await exchange(api, **{**right, **change}))["error"] == code


async def test_a_code_lives_ten_minutes() -> None:
    async with sample_workspace() as (running, api):
        code = (await decide(api, ASK))["code"]
        await running.control("clock", {"offset_seconds": 601})
        assert (await exchange(api, code=code))["error"] == "code_expired"


async def test_rotated_tokens_expire_and_refresh_tokens_work_once() -> None:
    def rotating(manifest: dict) -> None:
        manifest["settings"]["token_rotation_enabled"] = True

    async with sample_workspace(sample_config(manifest=rotating)) as (running, api):
        first = await exchange(api, code=(await decide(api, ASK))["code"])
        assert first["access_token"].startswith("xoxe.xoxb-")
        assert first["expires_in"] == 43_200
        refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = await exchange(api, **refresh)
        assert second["access_token"] != first["access_token"]
        assert (await exchange(api, **refresh))["error"] == "invalid_refresh_token"
        await running.control("clock", {"offset_seconds": 43_201})
        api.token = first["access_token"]
        assert await api.error("auth.test") == "token_expired"


async def test_an_app_uninstalls_only_itself() -> None:
    config = sample_config()
    other = {"client_id": "3.4", "client_secret": "s", "manifest": {"display_information": {"name": "Other"}}}
    config["apps"].append(other)
    async with sample_workspace(config) as (_, api):
        wrong = await api.get_error("apps.uninstall", client_id="3.4", client_secret="s")
        assert wrong == "client_id_token_mismatch"


async def test_uninstalling_tells_the_app_and_kills_its_tokens() -> None:
    async with sample_workspace() as (running, api), socket_app(running) as app:
        await api.post(text="card", blocks=[actions(button())])
        card = (await (await running.person("alice")).read())[0]
        assert await api.get_error("apps.uninstall") == "invalid_client_id"
        wrong = await api.get("apps.uninstall", client_id="111.222", client_secret="wrong")
        assert wrong["error"] == "bad_client_secret"
        assert (await api.get("apps.uninstall", **CLIENT))["ok"]
        await app.heard.wait_for("app_uninstalled")
        await app.heard.wait_for("tokens_revoked")
        assert await api.error("chat.postMessage", channel=GENERAL, text="x") == "account_inactive"
        alice = await running.person("alice")
        for act in (alice.slash("/help-me"), alice.click(card, "Press")):
            with pytest.raises(NotDone, match=r"invalid_command|app_not_found"):
                await act


def verified(token: str, jwk: dict[str, str]) -> dict[str, Any]:
    """The claims of an id_token whose RS256 signature is right; worked out here apart from the signer."""

    def number(text: str) -> int:
        return int.from_bytes(base64.urlsafe_b64decode(text + "=="), "big")

    head, claims, signature = token.split(".")
    raw = pow(number(signature), number(jwk["e"]), number(jwk["n"])).to_bytes(256, "big")
    digest = SHA256_PREFIX + hashlib.sha256(f"{head}.{claims}".encode()).digest()
    assert raw == b"\x00\x01" + b"\xff" * (253 - len(digest)) + b"\x00" + digest
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["kid"] == jwk["kid"]
    return dict(json.loads(base64.urlsafe_b64decode(claims + "==")))


async def test_signing_in_gives_a_signed_id_token_and_user_info() -> None:
    async with sample_workspace() as (_, api):
        code = (await decide(api, SIGN_IN, "openid/connect"))["code"]
        answer = await exchange(api, "openid.connect.token", code=code)
        async with api.session.get(f"{api.base}/.well-known/openid-configuration") as response:
            described = await response.json()
        async with api.session.get(described["jwks_uri"]) as response:
            jwk = (await response.json())["keys"][0]
        claims = verified(answer["id_token"], jwk)
        assert (claims["iss"], claims["aud"], claims["nonce"]) == (described["issuer"], "111.222", "n1")
        assert claims["https://slack.com/user_id"] == claims["sub"] == "U0ALICE"
        assert claims["email"] == "alice@acme.example"
        api.token = answer["access_token"]
        info = await api.get("openid.connect.userInfo")
        assert (info["sub"], info["name"], info["https://slack.com/team_id"]) == (
            "U0ALICE",
            "Alice Doe",
            "T0ACME",
        )


@pytest.mark.parametrize(
    ("change", "code"),
    [({"response_type": "token"}, "unsupported_response_type"), ({"scope": "email"}, "invalid_scope"),
     ({"scope": "openid chat:write"}, "invalid_scope")],
)  # fmt: skip
async def test_a_sign_in_that_slack_refuses(change: dict, code: str) -> None:
    async with sample_workspace() as (_, api):
        url = f"{api.base}/openid/connect/authorize"
        async with api.session.get(url, params={**SIGN_IN, **change}) as response:
            assert (response.status, code in await response.text()) == (400, True)


async def test_identity_is_told_only_as_far_as_it_was_asked_for() -> None:
    async with sample_workspace() as (_, api):
        code = (await decide(api, {**SIGN_IN, "scope": "openid"}, "openid/connect"))["code"]
        api.token = (await exchange(api, "openid.connect.token", code=code))["access_token"]
        info = await api.get("openid.connect.userInfo")
    assert not {"email", "name"} & set(info)
