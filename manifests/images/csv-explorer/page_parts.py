"""Parts of the page: the filters in the sidebar, and the chart."""

import altair as alt
import pandas as pd
import streamlit as st
from columns import BOOLEAN, CATEGORY, DATE, NUMBER, TEXT, Filter, kinds_of

ACCENT = "#c2571a"
CHART_ROWS_LIMIT = 5_000
DAYS_SHOWN_LIMIT = 90
SHAPES = ("Bars", "Line", "Points", "Histogram")
ROWS = "number of rows"
MEASURES = {"sum": "sum", "average": "mean", "smallest": "min", "largest": "max"}


def filters(table):
    """Let the visitor choose columns, and for each what to keep."""
    kinds = kinds_of(table)
    chosen = st.multiselect("Filter by", list(kinds), placeholder="Choose columns", key="filtered")
    found = [one_filter(table[name], name, kinds[name]) for name in chosen]
    return [kept for kept in found if kept is not None]


def one_filter(column, name, kind):
    """The control that suits the column's kind; None while it keeps everything."""
    if kind == NUMBER:
        return number_filter(column, name)
    if kind == DATE:
        return date_filter(column, name)
    if kind in (CATEGORY, BOOLEAN):
        values = sorted(column.dropna().astype("string").unique())
        return Filter(column=name, chosen=tuple(st.multiselect(name, values, key=f"keep {name}")))
    return Filter(column=name, part=st.text_input(f"{name} contains", key=f"keep {name}"))


def number_filter(column, name):
    """A range; None while it is the whole one."""
    low, high = float(column.min()), float(column.max())
    if pd.isna(low) or low == high:
        st.caption(f"{name}: all values are the same")
        return None
    kept = st.slider(name, low, high, (low, high), key=f"keep {name}")
    return None if kept == (low, high) else Filter(column=name, low=kept[0], high=kept[1])


def date_filter(column, name):
    """A range of days, the last one included; None until both are picked."""
    low, high = column.min(), column.max()
    if pd.isna(low):
        return None
    picked = st.date_input(name, (low.date(), high.date()), low.date(), high.date(), key=f"keep {name}")
    if not isinstance(picked, tuple) or len(picked) < 2:
        return None
    last = pd.Timestamp(picked[1]) + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
    return Filter(column=name, low=pd.Timestamp(picked[0]), high=last)


def chart(table):
    """Let the visitor choose a shape and columns, and draw it."""
    kinds = kinds_of(table)
    numbers = [name for name, kind in kinds.items() if kind == NUMBER]
    along = [name for name, kind in kinds.items() if kind != TEXT]
    if not along:
        st.info("There is no column to draw: all are free text.")
        return
    left, middle, right = st.columns(3)
    shape = left.selectbox("Shape", SHAPES, key="shape")
    if shape in ("Histogram", "Points"):
        draw_raw(table, shape, kinds, middle, right)
        return
    x = middle.selectbox("Along", along, index=first_of(kinds, along, DATE, CATEGORY), key="x")
    measure = right.selectbox("Shows", measures(numbers), key="measure")
    draw(grouped(table, x, measure, kinds), shape, x, measure, kinds)


def first_of(kinds, names, *wanted):
    """Position of the first name of a wanted kind."""
    return next((n for kind in wanted for n, name in enumerate(names) if kinds[name] == kind), 0)


def measures(numbers):
    """What can be shown of groups: their size, and one figure of each column of numbers."""
    return [ROWS, *(f"{word} of {name}" for name in numbers for word in MEASURES)]


def grouped(table, x, measure, kinds):
    """One row (x, y) per group; dates are grouped by day, or by month where they span long."""
    key = table[x]
    if kinds[x] == DATE:
        long = (key.max() - key.min()).days > DAYS_SHOWN_LIMIT
        key = key.dt.strftime("%Y-%m" if long else "%Y-%m-%d")
    groups = table.groupby(key)
    word, _, column = measure.partition(" of ")
    values = groups.size() if measure == ROWS else groups[column].agg(MEASURES[word])
    return pd.DataFrame({"x": values.index, "y": values.to_numpy()})


def draw(groups, shape, x, measure, kinds):
    """Groups as bars or as a line; ``x`` and ``measure`` are what their columns are called."""
    scale = "O" if kinds[x] == DATE else "Q" if kinds[x] == NUMBER else "N"
    order = "-y" if scale == "N" and shape == "Bars" else "ascending"
    base = alt.Chart(groups.head(CHART_ROWS_LIMIT)).encode(
        x=alt.X(f"x:{scale}", title=x, sort=order),
        y=alt.Y("y:Q", title=measure),
        tooltip=[alt.Tooltip(f"x:{scale}", title=x), alt.Tooltip("y:Q", title=measure, format=",.6~g")],
    )
    drawn = base.mark_bar(color=ACCENT) if shape == "Bars" else base.mark_line(color=ACCENT, point=True)
    st.altair_chart(drawn.properties(height=420), width="stretch")


def draw_raw(table, shape, kinds, middle, right):
    """Shapes that show rows and not groups."""
    numbers = [name for name, kind in kinds.items() if kind == NUMBER]
    if not numbers:
        st.info("This shape needs a column of numbers.")
        return
    x = middle.selectbox("Along", numbers, key="raw x")
    rows = table.head(CHART_ROWS_LIMIT)
    if shape == "Histogram":
        frame = rows[[x]].rename(columns={x: "x"})
        drawn = (
            alt.Chart(frame)
            .mark_bar(color=ACCENT)
            .encode(x=alt.X("x:Q", bin=alt.Bin(maxbins=40), title=x), y=alt.Y("count()", title=ROWS))
        )
    else:
        y = right.selectbox("Up", numbers, index=len(numbers) - 1, key="raw y")
        colours = [name for name, kind in kinds.items() if kind in (CATEGORY, BOOLEAN)]
        by = st.selectbox("Colour by", ["nothing", *colours], key="colour")
        frame = pd.DataFrame(
            {"x": rows[x], "y": rows[y], "by": rows[by].astype("string") if by in rows else ""}
        )
        colour = alt.Color("by:N", title=by) if by in rows else alt.value(ACCENT)
        drawn = (
            alt.Chart(frame)
            .mark_circle(size=50, opacity=0.7)
            .encode(
                x=alt.X("x:Q", title=x, scale=alt.Scale(zero=False)),
                y=alt.Y("y:Q", title=y, scale=alt.Scale(zero=False)),
                color=colour,
            )
        )
    st.altair_chart(drawn.properties(height=420), width="stretch")
    if len(table) > CHART_ROWS_LIMIT:
        st.caption(f"Drawn from the first {CHART_ROWS_LIMIT:,} rows.")
