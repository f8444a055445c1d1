"""The bot put together: Slack in, Slack out, and its own small server."""

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC, datetime

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.controls import CONTROL_ACTION, LINK_ACTION
from bot.incoming.answering import Answering
from bot.incoming.channels import Channels
from bot.incoming.desk import Desk, Offer
from bot.incoming.happened import Happened
from bot.incoming.pressed import Pressed
from bot.incoming.reception import Inside, Reception
from bot.incoming.spoken import Spoken
from bot.incoming.submitted import Submitted
from bot.outbox.courier import Courier
from bot.outbox.drawing import Drawer
from bot.outbox.home import Homes
from bot.outbox.notifier import Notifier
from bot.port import ExecutorPort
from bot.render.forms import CHOOSE_ACTION, DEPLOY_FORM, DESTROY_FORM, EXTEND_FORM
from bot.slack.gateway import Gateway
from bot.slack.pacer import Pacer
from bot.slack.people import Directory
from bot.web import Web
from storage import events
from storage.database import Database

SLACK_TIMEOUT_SECONDS = 15
DRAIN_SECONDS = 10.0
CONNECT_AGAIN_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)

_log = structlog.get_logger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class Bot:
    """Everything that knows Slack. ``wake`` is to be called after each commit of the executor's.

    Args:
        database: migrated already.
        executor: started and drained by whoever made it.
        bot_token: ``xoxb-…``.
        app_token: ``xapp-…``: with it, deliveries come by Socket Mode.
        signing_secret: without an app token, deliveries come by HTTP and are signed with this.
        slack_api_url: ends with a slash.
        command: the slash command.
        mention: what ``/invite`` wants for us.
        admins: ids of people who may change every sandbox.
        default_ttl_seconds: what an app lives that does not say.
        max_memory_bytes: the most that the form offers.
        gateway_host: what to put before a gateway port in an address.
        http_host: where our own server listens.
        http_port: 0 for any free one.
        pacer: another pace than Slack's own, for tests.
        clock: the time, aware.
    """

    def __init__(
        self,
        *,
        database: Database,
        executor: ExecutorPort,
        bot_token: str,
        app_token: str | None = None,
        signing_secret: str | None = None,
        slack_api_url: str = "https://slack.com/api/",
        command: str = "/sandbox",
        mention: str = "@sandpiper",
        admins: Collection[str] = (),
        default_ttl_seconds: int = 8 * 3600,
        max_memory_bytes: int = 4 * 1024**3,
        gateway_host: str = "localhost",
        http_host: str = "127.0.0.1",
        http_port: int = 3000,
        pacer: Pacer | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._database = database
        self._token = bot_token
        self._app_token = app_token
        self._http = (http_host, http_port)
        self._clock = clock
        self._client = AsyncWebClient(token=bot_token, base_url=slack_api_url, timeout=SLACK_TIMEOUT_SECONDS)
        self._client.retry_handlers.clear()  # the pacer and the outbox decide what is tried again
        self._authorizing = asyncio.Lock()
        self._authorized: AuthorizeResult | None = None
        self.slack = self._slack_app(slack_api_url, signing_secret)
        gateway = Gateway(self._client, pacer or Pacer())
        homes = Homes(database, gateway, command=command)
        channels = Channels(gateway, clock=clock)
        drawer = Drawer(database, executor, gateway_host=gateway_host)
        courier = Courier(database, gateway, drawer, clock=clock)
        self._notifier = Notifier(database, courier, homes, clock=clock)
        self._answering = Answering(command=command)
        desk = Desk(
            database,
            executor,
            channels,
            offer=Offer(default_ttl_seconds=default_ttl_seconds, max_memory_bytes=max_memory_bytes),
            command=command,
            mention=mention,
            gateway_host=gateway_host,
            clock=clock,
        )
        directory = Directory(gateway, admins=admins, clock=clock)
        self._listen(self._inside(gateway, directory, desk, command), homes, channels)
        by_http = self.slack if app_token is None else None
        self._web = Web(database=database, slack=by_http, signing_secret=signing_secret, faults=self.faults)
        self._runner: web.AppRunner | None = None
        self._socket: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None

    def _slack_app(self, api_url: str, signing_secret: str | None) -> AsyncApp:
        async def authorize() -> AuthorizeResult:  # Bolt looks at the arguments, and takes no method
            return await self._authorize()

        return AsyncApp(
            client=AsyncWebClient(base_url=api_url, timeout=SLACK_TIMEOUT_SECONDS),
            authorize=authorize,
            signing_secret=signing_secret or "",
            request_verification_enabled=self._app_token is None,
            # A handler acknowledges as its last act, and an event counts as delivered only when it is done.
            process_before_response=True,
        )

    def _inside(self, gateway: Gateway, directory: Directory, desk: Desk, command: str) -> Inside:
        return Inside(
            database=self._database,
            gateway=gateway,
            directory=directory,
            desk=desk,
            notifier=self._notifier,
            answering=self._answering,
            clock=self._clock,
            command=command,
        )

    def _listen(self, inside: Inside, homes: Homes, channels: Channels) -> None:
        reception = Reception(inside)
        spoken, submitted = Spoken(inside, reception), Submitted(inside, reception)
        pressed = Pressed(inside, reception, homes)
        happened = Happened(inside, reception, homes, channels)
        self.slack.command(inside.command)(spoken.command)
        self.slack.event("app_mention")(spoken.mention)
        self.slack.action(LINK_ACTION)(pressed.link)
        self.slack.action(CHOOSE_ACTION)(pressed.chosen)
        self.slack.action(CONTROL_ACTION)(pressed.control)
        for callback in (DEPLOY_FORM, EXTEND_FORM, DESTROY_FORM):
            self.slack.view(callback)(submitted.form)
        self.slack.event("app_home_opened")(happened.home_opened)
        self.slack.event("member_joined_channel")(happened.joined)
        self.slack.event("member_left_channel")(happened.left)
        for event in ("tokens_revoked", "app_uninstalled"):
            self.slack.event(event)(happened.uninstalled)

    @property
    def http_port(self) -> int:
        """Where our own server listens, once started."""
        addresses = self._runner.addresses if self._runner else []
        return int(addresses[0][1]) if addresses else self._http[1]

    def wake(self) -> None:
        """Something was committed: read the events."""
        self._notifier.wake()

    async def settled(self) -> bool:
        """Whether everything committed is on Slack."""
        return await self._notifier.settled()

    async def start(self) -> None:
        """Begin to listen and to speak. Slack may be away: it is tried again until it answers."""
        self._client.session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=SLACK_TIMEOUT_SECONDS)
        )
        self._runner = web.AppRunner(self._web.app, access_log=None, shutdown_timeout=DRAIN_SECONDS)
        await self._runner.setup()
        await web.TCPSite(self._runner, *self._http).start()
        await self._notifier.start()
        self._connecting = asyncio.create_task(self._connect())

    async def stop(self) -> None:
        """Take nothing new, finish what was begun, let go."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
        if self._runner is not None:
            await self._runner.cleanup()
        await self._answering.drain(timeout_seconds=DRAIN_SECONDS)
        await self._notifier.stop()
        if self._client.session is not None:
            await self._client.session.close()

    async def faults(self) -> list[str]:
        """Why we are not ready, in words; empty for ready."""
        found = []
        try:
            async with self._database.read() as tx:
                await events.last_seq(tx)
        except Exception as error:  # noqa: BLE001  that is what is asked
            _log.warning("database_unready", exc_info=error)
            found.append("the database does not answer")
        if self._app_token and not (self._socket and await self._socket.client.is_connected()):
            found.append("not connected to Slack")
        return found

    async def _connect(self) -> None:
        """Learn who we are, and open the socket where that is the way."""
        tries = 0
        while True:
            try:
                await self._authorize()
                if self._app_token:
                    await self._open_socket(self._app_token)
                return
            except Exception as error:  # noqa: BLE001  whatever it is, Slack may answer later
                wait = CONNECT_AGAIN_SECONDS[min(tries, len(CONNECT_AGAIN_SECONDS) - 1)]
                _log.warning("slack_away", error=str(error), again_in_seconds=wait)
                tries += 1
                await asyncio.sleep(wait)

    async def _open_socket(self, app_token: str) -> None:
        if self._socket is None:
            self._socket = AsyncSocketModeHandler(self.slack, app_token)
        await self._socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped

    async def _authorize(self) -> AuthorizeResult:
        """Whose token ours is, asked once: many first deliveries at a time share one question."""
        async with self._authorizing:
            if self._authorized is None:
                told = await self._client.auth_test()
                self._authorized = AuthorizeResult.from_auth_test_response(
                    auth_test_response=told, bot_token=self._token
                )
            return self._authorized
