"""What a page says when there is nothing to show, or when something went wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable
from html import escape

from dashboard.components.markup import show
from dashboard.errors import CareParityError, RefusedError

_LOG = logging.getLogger("careparity")


def empty(what: str, why: str, try_this: str) -> None:
    """Nothing to show: what, why, and what to try."""
    lines = f'<p class="cp-what">{escape(what)}</p><p>{escape(why)}</p><p>{escape(try_this)}</p>'
    show(f'<div class="cp-empty">{lines}</div>')


def guarded(render: Callable[[], None]) -> None:
    """Draw a page; a user's error becomes words on it. Anything else is a bug: logged, never shown in detail."""
    try:
        render()
    except CareParityError as error:
        _LOG.warning("page: %s", error)
        safe = "" if isinstance(error, RefusedError) else "What is published is safe and unchanged. "
        _failed(
            f"{error.where}: {error.what}.",
            safe + (error.do or "Correct it, or build the warehouse again").rstrip(".") + ".",
        )


def _failed(what: str, remedy: str) -> None:
    show(
        '<div class="cp-empty" role="alert"><p class="cp-what">This page can\'t be shown.</p>'
        f"<p>{escape(what)}</p><p>{escape(remedy)}</p></div>"
    )
