"""Streamlit entry: the theme and the navigation, nothing else. The navigation lists the folder of pages."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from dashboard.components import theme
from dashboard.components.states import guarded
from dashboard.pages import listed

_BRAND = "CareParity"
# A file: Streamlit fetches emoji and Material page icons from another host.
_ICON = Path(__file__).with_name("assets") / "icon.svg"


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


if __name__ == "__main__":  # Streamlit runs this file as a script on every interaction
    main()
