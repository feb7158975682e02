"""Streamlit entry: the theme and the navigation, nothing else. The navigation lists the folder of pages."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache, partial
from pathlib import Path

import streamlit as st

from dashboard import pages
from dashboard.components import theme
from dashboard.components.frame import Page
from dashboard.components.states import guarded

_BRAND = "CareParity"
# A file: Streamlit fetches emoji and Material page icons from another host.
_ICON = Path(__file__).with_name("assets") / "icon.svg"


@cache
def listed() -> tuple[tuple[str, Page], ...]:
    """(file name, page) of every file in dashboard/pages, in their stated order."""
    names = [module.name for module in pkgutil.iter_modules(pages.__path__)]
    found = [(name, importlib.import_module(f"{pages.__name__}.{name}").PAGE) for name in names]
    return tuple(sorted(found, key=lambda item: (item[1].order, item[0])))


def main() -> None:
    """Draw the chosen page in the one theme."""
    entries = [
        st.Page(partial(guarded, page.render), title=page.title, url_path=name, default=position == 0)
        for position, (name, page) in enumerate(listed())
    ]
    chosen = st.navigation(entries, position="top")
    st.set_page_config(page_title=f"{chosen.title} · {_BRAND}", page_icon=str(_ICON), layout="wide")
    theme.apply()
    chosen.run()


main()
