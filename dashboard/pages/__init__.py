"""One file a page, each with a `PAGE`; the navigation lists this folder."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.components.frame import Page


@cache
def listed() -> tuple[tuple[str, Page], ...]:
    """(file name, page) of every file in this folder, in their stated order."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    found = [(name, importlib.import_module(f"{__name__}.{name}").PAGE) for name in names]
    return tuple(sorted(found, key=lambda item: (item[1].order, item[0])))
