"""``sandpiper serve``: everything put together, until a signal says to end."""

import asyncio
import contextlib
import signal

import structlog

from bot.app import Bot
from bot.assembly import build_engine, build_images, proxy_settings
from bot.logging import set_up_logging
from bot.settings import Settings
from executor.errors import SandboxError
from executor.executor import Executor, Parts
from executor.proxy.haproxy import HAProxyProxy
from executor.proxy.process import HAProxyProcess
from executor.runner import Checkpoint, no_checkpoint
from storage.database import Database
from storage.vault import Vault

EXIT_OK = 0

_log = structlog.get_logger(__name__)


async def serve(settings: Settings, *, checkpoint: Checkpoint = no_checkpoint) -> int:
    """Run until SIGINT or SIGTERM; return the exit code.

    Raises SandboxError, with what to set, where something is missing.
    """
    _check(settings)
    set_up_logging(format_name=settings.log_format, level=settings.log_level)
    ending = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    async with contextlib.AsyncExitStack() as stack:
        if settings.proxy_managed:
            process = HAProxyProcess(proxy_settings(settings))
            await process.start()
            stack.push_async_callback(process.stop)
        await _start(settings, stack, checkpoint)
        _log.info("serving", http_port=settings.http_port, socket_mode=settings.slack_app_token is not None)
        await ending.wait()
        _log.info("ending")
    return EXIT_OK


async def _start(settings: Settings, stack: contextlib.AsyncExitStack, checkpoint: Checkpoint) -> None:
    """Put the floors together and start them; ``stack`` ends them in reverse."""
    database = Database(settings.database_url)
    stack.push_async_callback(database.close)
    engine = build_engine(settings)
    stack.push_async_callback(engine.close)
    config = settings.executor_config()
    bot: Bot | None = None

    def committed() -> None:
        if bot is not None:
            bot.wake()

    executor = Executor(
        Parts(
            database=database,
            engine=engine,
            proxy=HAProxyProxy(proxy_settings(settings)),
            images=build_images(engine, settings),
            config=config,
            vault=Vault(settings.key_list()),
            on_commit=committed,
            checkpoint=checkpoint,
        )
    )
    await executor.start()
    stack.push_async_callback(executor.drain)
    bot = _build_bot(settings, database, executor)
    await bot.start()
    stack.push_async_callback(bot.stop)


def _build_bot(settings: Settings, database: Database, executor: Executor) -> Bot:
    token, app_token, secret = (
        settings.slack_bot_token,
        settings.slack_app_token,
        settings.slack_signing_secret,
    )
    return Bot(
        database=database,
        executor=executor,
        bot_token=token.get_secret_value() if token else "",
        app_token=app_token.get_secret_value() if app_token else None,
        signing_secret=secret.get_secret_value() if secret else None,
        slack_api_url=settings.slack_api_url,
        command=settings.command,
        admins=settings.admins,
        default_ttl_seconds=settings.default_ttl_seconds,
        max_memory_bytes=settings.executor_config().max_memory_bytes,
        gateway_host=settings.domain,
        http_host=settings.http_host,
        http_port=settings.http_port,
    )


def _check(settings: Settings) -> None:
    """Say everything that is missing at once."""
    missing = []
    if settings.slack_bot_token is None:
        missing.append("SLACK_BOT_TOKEN: the bot's token (xoxb-…) is missing")
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        missing.append("SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP): one of them is needed")
    if not settings.key_list():
        missing.append(
            'SANDPIPER_KEYS: no encryption key; make one with: echo "k1:$(head -c 32 /dev/urandom | base64)"'
        )
    if missing:
        raise SandboxError(
            "Sandpiper cannot start:\n  " + "\n  ".join(missing), "docs/settings.md says more."
        )
