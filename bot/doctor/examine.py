"""Puts the doctor's checks together for one installation."""

from bot.assembly import build_engine, build_images, proxy_settings
from bot.doctor.engine import check_engine, check_firewall, check_proxy
from bot.doctor.host import check_disk, check_gateway_ports, check_keys, check_port
from bot.doctor.images import check_images
from bot.doctor.report import Finding
from bot.doctor.slack import check_slack
from bot.settings import Settings
from bot.slack_manifest import bot_scopes
from executor.proxy.haproxy import HAProxyProxy


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; each check stands by itself, so that one fault hides no other."""
    engine = build_engine(settings)
    try:
        findings, info = await check_engine(engine, socket=settings.engine_socket)
        if info is not None:
            findings.append(await check_firewall(engine))
            findings += await check_images(build_images(engine, settings), settings.manifests_dir / "apps")
    finally:
        await engine.close()
    proxy, ours = await check_proxy(
        HAProxyProxy(proxy_settings(settings)), socket=proxy_settings(settings).runtime_socket
    )
    first, last = settings.executor_config().gateway_ports
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else None
    return [
        *findings,
        proxy,
        check_port(settings.proxy_bind, settings.proxy_port, subject="web port", ours=ours),
        check_gateway_ports(first, last, host=settings.proxy_bind, ours=ours),
        check_disk(settings.proxy_dir.resolve(), subject="data on"),
        check_keys(settings.key_list()),
        *await check_slack(
            settings.slack_api_url, token, wanted=bot_scopes(settings.manifests_dir / "slack" / "app.yaml")
        ),
    ]
