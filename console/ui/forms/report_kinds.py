"""Which editor a parameter has."""

from __future__ import annotations

from console.reports.schema import Param, ParamKind
from console.ui.forms.choices_field import ChoicesEditor
from console.ui.forms.report_base import ParamEditor
from console.ui.forms.report_clocks import DateEditor, DurationEditor, DurationRangeEditor, IntervalEditor, TimeEditor
from console.ui.forms.report_editors import LIST_MOST, FlagEditor, JsonEditor, LineEditor, ListEditor, NumberEditor
from console.ui.forms.timeframe_editor import FormSite, PeriodEditor, TimeframeEditor
from console.ui.theme import Theme

_SIMPLE: dict[
    ParamKind,
    type[
        LineEditor
        | FlagEditor
        | DurationEditor
        | DurationRangeEditor
        | TimeEditor
        | DateEditor
        | IntervalEditor
        | JsonEditor
    ],
] = {
    ParamKind.TEXT: LineEditor,
    ParamKind.INTEGER: NumberEditor,
    ParamKind.NUMBER: NumberEditor,
    ParamKind.BOOLEAN: FlagEditor,
    ParamKind.DURATION: DurationEditor,
    ParamKind.DURATION_RANGE: DurationRangeEditor,
    ParamKind.TIME_OF_DAY: TimeEditor,
    ParamKind.DATE: DateEditor,
    ParamKind.INTERVAL: IntervalEditor,
    ParamKind.RAW_JSON: JsonEditor,
}


def make_param_editor(theme: Theme, param: Param, site: FormSite) -> ParamEditor:
    """The editor of a parameter, empty."""
    if param.kind is ParamKind.TIMEFRAME:
        return TimeframeEditor(theme, param, site)
    if param.kind is ParamKind.PERIOD:
        return PeriodEditor(theme, param, site)
    if param.kind is ParamKind.CHOICE and not param.directory and len(param.choices) <= LIST_MOST:
        return ListEditor(theme, param)
    if param.kind in (ParamKind.CHOICE, ParamKind.MULTI_CHOICE):
        return ChoicesEditor(theme, param, param.choices)
    return _SIMPLE[param.kind](theme, param)
