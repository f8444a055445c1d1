"""The charts of a data_visualization block."""

from collections.abc import Iterator, Mapping

from workspace.blockkit.kinds import Fault, Kind, ListOf, Number, Object, Shape, Text

_LABEL = Text(required=True, min_chars=1, max_chars=20)

_SERIES = ListOf(
    required=True,
    min_items=1,
    max_items=6,
    item=Object(
        shape=Shape(
            fields={
                "name": _LABEL,
                "data": ListOf(
                    required=True,
                    min_items=1,
                    max_items=20,
                    item=Object(shape=Shape(fields={"label": _LABEL, "value": Number(required=True)})),
                ),
            }
        )
    ),
)

_AXES = Object(
    required=True,
    shape=Shape(
        fields={
            "categories": ListOf(required=True, item=_LABEL, min_items=1, max_items=20, distinct=True),
            "x_label": Text(max_chars=50),
            "y_label": Text(max_chars=50),
        }
    ),
)


def series_names_differ(value: Mapping[str, object], pointer: str) -> Iterator[Fault]:
    """The legend could not tell two series of one name apart."""
    series = value["series"]
    names = [one["name"] for one in series] if isinstance(series, list) else []
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Fault(
                message=f'series name "{name}" already exists', pointer=f"{pointer}/series/{index}/name"
            )


def points_fill_categories(value: Mapping[str, object], pointer: str) -> Iterator[Fault]:
    """Each series has exactly one point for each category of the axis."""
    axes, series = value["axis_config"], value["series"]
    if not isinstance(axes, dict) or not isinstance(series, list):
        return
    for index, one in enumerate(series):
        if sorted(point["label"] for point in one["data"]) != sorted(axes["categories"]):
            yield Fault(
                message="must have one data point for each category", pointer=f"{pointer}/series/{index}/data"
            )


_PLOT: dict[str, Kind] = {"series": _SERIES, "axis_config": _AXES}

CHARTS: dict[str, Shape] = {
    "pie": Shape(
        fields={
            "segments": ListOf(
                required=True,
                min_items=1,
                max_items=6,
                item=Object(shape=Shape(fields={"label": _LABEL, "value": Number(required=True, above=0)})),
            )
        }
    ),
    "bar": Shape(fields=_PLOT, checks=(series_names_differ, points_fill_categories)),
    "line": Shape(fields=_PLOT, checks=(series_names_differ, points_fill_categories)),
    "area": Shape(fields=_PLOT, checks=(series_names_differ, points_fill_categories)),
}
