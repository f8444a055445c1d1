"""CSV Explorer: upload a CSV file, see what is in it, filter it, chart it, take the result away."""

from pathlib import Path

import streamlit as st
from columns import NotATableError, apply, describe, kinds_of, read_table
from page_parts import chart, filters

SAMPLE = Path(__file__).with_name("sample.csv")
TABLE_ROWS_LIMIT = 10_000


@st.cache_data(max_entries=3, show_spinner="Reading the file…")
def load(raw):
    """The table of a file, read once for all visits of the page."""
    return read_table(raw)


def choose_file():
    """Name and bytes of what the visitor uploaded, or of the sample; None before either."""
    uploaded = st.file_uploader("Upload a CSV file", type=["csv", "tsv", "txt"], key="upload")
    if st.button("Try it with a sample", key="sample", icon=":material/local_cafe:", width="stretch"):
        st.session_state["use sample"] = True
    if uploaded is not None:
        st.session_state["use sample"] = False
        return uploaded.name, uploaded.getvalue()
    if st.session_state.get("use sample"):
        return "coffee-shops.csv", SAMPLE.read_bytes()
    return None


def welcome():
    """What stands there before there is a file."""
    st.title("CSV Explorer")
    st.write("Drop a CSV file into the sidebar to see its columns, filter its rows and draw a chart.")
    for column, (icon, title, text) in zip(
        st.columns(3),
        [
            (":material/table_view:", "See", "Kinds, gaps and ranges of every column, found for you."),
            (":material/filter_alt:", "Filter", "Ranges, dates, lists and text, column by column."),
            (":material/insert_chart:", "Chart", "Bars, lines, points and histograms; download the rows."),
        ],
        strict=True,
    ):
        with column.container(border=True):
            st.subheader(f"{icon} {title}")
            st.write(text)
    st.caption("Files stay in this sandbox's memory and go when the page is closed.")


def figures(table, shown):
    """The four numbers at the top."""
    rows, columns, missing, numbers = st.columns(4)
    hidden = len(shown) - len(table)
    rows.metric("Rows", f"{len(shown):,}", f"{hidden:,} filtered out" if hidden else None, delta_color="off")
    columns.metric("Columns", len(table.columns))
    missing.metric("Missing values", f"{int(shown.isna().sum().sum()):,}")
    numbers.metric("Columns of numbers", sum(kind == "number" for kind in kinds_of(table).values()))


def as_dates(table):
    """Show columns of dates without a time of day where none has one."""
    whole = [
        name
        for name, kind in kinds_of(table).items()
        if kind == "date" and (table[name].dropna() == table[name].dropna().dt.normalize()).all()
    ]
    return {name: st.column_config.DateColumn(format="YYYY-MM-DD") for name in whole}


def explore(name, table):
    """The page once there is a table."""
    with st.sidebar:
        st.divider()
        shown = apply(table, filters(table))
    st.title(name)
    figures(table, shown)
    rows, columns, drawing = st.tabs(["Rows", "Columns", "Chart"])
    with rows:
        st.dataframe(
            shown.head(TABLE_ROWS_LIMIT),
            width="stretch",
            height=420,
            hide_index=True,
            column_config=as_dates(shown),
        )
        if len(shown) > TABLE_ROWS_LIMIT:
            st.caption(
                f"The first {TABLE_ROWS_LIMIT:,} of {len(shown):,} rows; the download has all of them."
            )
        st.download_button(
            "Download these rows",
            shown.to_csv(index=False).encode(),
            file_name=f"{Path(name).stem}-filtered.csv",
            mime="text/csv",
            icon=":material/download:",
        )
    with columns:
        st.dataframe(describe(shown), width="stretch", hide_index=True)
    with drawing:
        if shown.empty:
            st.info("No row is left to draw; loosen a filter.")
        else:
            chart(shown)


def main():
    """One drawing of the page."""
    st.set_page_config(page_title="CSV Explorer", page_icon=":material/table_chart:", layout="wide")
    with st.sidebar:
        st.header("Your data")
        chosen = choose_file()
    if chosen is None:
        welcome()
        return
    name, raw = chosen
    try:
        table = load(raw)
    except NotATableError as error:
        st.error(str(error), icon=":material/error:")
        return
    explore(name, table)


main()
