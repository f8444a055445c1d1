"""Whether every app of the catalogue could be deployed now."""

from pathlib import Path

from bot.doctor.report import Finding, ok, warning
from executor.images import Images, ImageSource
from executor.manifest.catalogue import Catalogue


async def check_images(images: Images, apps_dir: Path) -> list[Finding]:
    """Say of the catalogue's apps which lack an image that is nowhere to be had."""
    apps = {
        app: {service.image for service in manifest.services}
        for app, manifest in Catalogue(apps_dir).load().items()
    }
    plan = await images.plan(sorted(set().union(*apps.values())))
    lacking = [
        app
        for app, needed in sorted(apps.items())
        if any(plan[name] is ImageSource.MISSING for name in needed)
    ]
    here = sum(source is ImageSource.PRESENT for source in plan.values())
    what = f"{here} of {len(plan)} here, {len(apps) - len(lacking)} of {len(apps)} apps can be deployed"
    if lacking:
        todo = f"For {', '.join(lacking)}: sandpiper images load FILE, or let this host reach a registry."
        return [warning("images", what, todo)]
    return [ok("images", what)]
