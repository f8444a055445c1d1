"""Images: what a manifest names is made to be on the engine, by building, loading or pulling."""

from executor.images.plan import ImageSource, require
from executor.images.store import Images

__all__ = ["ImageSource", "Images", "require"]
