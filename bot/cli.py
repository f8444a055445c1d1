"""The command ``sandpiper``: serve, demo, doctor, images, manifest, proxy."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path

from bot.settings import Settings, SettingsError, read_settings
from executor.errors import EngineUnavailableError, ProxyUnavailableError, SandboxError

EXIT_OK = 0
EXIT_FAULT = 1
EXIT_USAGE = 2

Command = Callable[[argparse.Namespace, Settings], Coroutine[None, None, int]]


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; end the process with its exit code."""
    sys.exit(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, 1 for a fault that was told, 2 for wrong usage or settings."""
    arguments = _parser().parse_args(argv)
    try:
        settings = read_settings(arguments.settings)
    except SettingsError as error:
        print("The settings are wrong:", *error.faults, sep="\n  ", file=sys.stderr)
        return EXIT_USAGE
    try:
        command: Command = arguments.command
        return asyncio.run(command(arguments, settings))
    except SandboxError as error:
        print(error.message, *([error.hint] if error.hint else []), sep="\n", file=sys.stderr)
    except EngineUnavailableError as error:
        print(
            f"The Docker engine does not answer: {error}", "Try: sandpiper doctor", sep="\n", file=sys.stderr
        )
    except ProxyUnavailableError as error:
        print(f"The proxy does not answer: {error}", "Try: sandpiper doctor", sep="\n", file=sys.stderr)
    except KeyboardInterrupt:
        return EXIT_OK
    return EXIT_FAULT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandpiper", description="Sandboxes from Slack.")
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help="read settings from lines of NAME=value"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run the bot: Slack in, engine and proxy out")
    serve.set_defaults(command=_serve)

    demo = commands.add_parser(
        "demo", help="run everything here, with a local Slack workspace in the browser"
    )
    demo.add_argument("--dir", type=Path, default=Path("var/demo"), help="where it keeps its data")
    demo.add_argument("--reset", action="store_true", help="remove what earlier demos left, then end")
    demo.set_defaults(command=_demo)

    doctor = commands.add_parser("doctor", help="find what is wrong with engine, proxy, Slack, images, keys")
    doctor.set_defaults(command=_doctor)

    _add_images(commands.add_parser("images", help="list, build, load or pull images"))
    _add_manifest(commands.add_parser("manifest", help="check an app's manifest, or print Slack's"))

    proxy = commands.add_parser("proxy", help="write HAProxy's configuration")
    proxy.add_argument("action", choices=["configure"])
    proxy.set_defaults(command=_proxy)
    return parser


def _add_images(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="every image that the catalogue needs, and where it comes from")
    listing.set_defaults(command=_images_list)
    build = actions.add_parser("build", help="build our own images: all, or those named")
    build.add_argument("names", nargs="*", metavar="NAME")
    build.add_argument("--for-tests", action="store_true", help="only those that the tests use")
    build.set_defaults(command=_images_build)
    load = actions.add_parser("load", help="load archives made by docker save")
    load.add_argument("archives", nargs="+", type=Path, metavar="FILE")
    load.set_defaults(command=_images_load)
    pull = actions.add_parser("pull", help="pull third-party images: all, or those named")
    pull.add_argument("references", nargs="*", metavar="IMAGE")
    pull.set_defaults(command=_images_pull)


def _add_manifest(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="say every fault of a manifest, with its line")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    check.set_defaults(command=_manifest_check)
    slack = actions.add_parser("slack", help="print Slack's app manifest with your addresses filled in")
    slack.add_argument("--url", help="the bot's public address; without it, Socket Mode")
    slack.set_defaults(command=_manifest_slack)


# Each command imports what it needs when it runs: `sandpiper manifest check` should not load Slack's SDK.


async def _serve(_: argparse.Namespace, settings: Settings) -> int:
    from bot.serve import serve

    return await serve(settings)


async def _demo(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.demo.run import reset, run_demo

    return await (reset if arguments.reset else run_demo)(arguments.dir, settings)


async def _doctor(_: argparse.Namespace, settings: Settings) -> int:
    from bot.doctor.examine import examine
    from bot.doctor.report import Verdict, render

    findings = await examine(settings)
    print(render(findings))
    return EXIT_FAULT if any(finding.verdict is Verdict.FAULT for finding in findings) else EXIT_OK


async def _images_list(_: argparse.Namespace, settings: Settings) -> int:
    from bot.image_commands import list_images

    return await list_images(settings)


async def _images_build(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.image_commands import build_images_named

    return await build_images_named(settings, arguments.names, for_tests=arguments.for_tests)


async def _images_load(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.image_commands import load_images

    return await load_images(settings, arguments.archives)


async def _images_pull(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.image_commands import pull_images

    return await pull_images(settings, arguments.references)


async def _manifest_check(arguments: argparse.Namespace, _: Settings) -> int:
    from executor.manifest.check import check_file

    faults = 0
    for path in arguments.files:
        problems = check_file(path)
        faults += len(problems)
        print(*(f"{path}: {problem}" for problem in problems) if problems else [f"{path}: fine"], sep="\n")
    return EXIT_FAULT if faults else EXIT_OK


async def _manifest_slack(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.slack_manifest import render_manifest

    print(render_manifest(settings.manifests_dir / "slack" / "app.yaml", url=arguments.url), end="")
    return EXIT_OK


async def _proxy(_: argparse.Namespace, settings: Settings) -> int:
    from bot.assembly import write_proxy_files

    write_proxy_files(settings)
    print(f"Wrote {settings.proxy_dir / 'haproxy.cfg'}")
    return EXIT_OK


if __name__ == "__main__":
    main()
