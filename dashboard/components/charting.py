"""Draw a chart: the compiled spec as it is, its rows apart, its alt text beside it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.charts import Chart


def draw(chart: Chart, *, key: str, on_select: Callable[[], None] | None = None) -> None:
    """Draw `chart`; `on_select` runs when something on it is chosen (its state is under `key`)."""
    spec = {**chart.spec, "datasets": {"rows": chart.data}}
    if on_select is None:
        st.vega_lite_chart(spec=spec, key=key, alt=chart.alt, width="stretch")
    else:
        st.vega_lite_chart(spec=spec, key=key, alt=chart.alt, width="stretch", on_select=on_select)
