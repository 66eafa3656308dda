"""The base of every chart: a view box and its axes, without pyqtgraph's menus, and an end that Qt brings about.

pyqtgraph's ``PlotWidget`` and ``PlotItem`` build a context menu of six forms for every plot, wanted or not: some sixty
widgets without a parent, which take as long as the rest of the chart, are restyled with every change of the theme, and
are nobody's when the plot goes. So neither class is used here, and `Plot.dispose` leaves the taking apart to Qt: the
view owns the scene, and the scene its items.
"""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsGridLayout, QWidget


class Plot(pg.GraphicsView):  # type: ignore[misc]
    """A view box with an axis on the left and one below it.

    Args:
        background: colour behind everything.
        left: the axis of the values up and down.
        bottom: the axis of those from side to side.
        margins: px around all of it: left, top, right, bottom.
    """

    def __init__(
        self,
        background: QColor,
        left: pg.AxisItem,
        bottom: pg.AxisItem,
        margins: tuple[int, int, int, int] = (0, 0, 0, 0),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, background=background)
        self.setFrameShape(self.Shape.NoFrame)
        self.setAntialiasing(False)
        self.box = pg.ViewBox(enableMenu=False)
        self.left, self.bottom = left, bottom
        grid = self.centralLayout
        assert isinstance(grid, QGraphicsGridLayout)
        grid.setContentsMargins(*margins)
        grid.setSpacing(0)
        grid.addItem(left, 0, 0)
        grid.addItem(self.box, 0, 1)
        grid.addItem(bottom, 1, 1)
        grid.setRowStretchFactor(0, 100)
        grid.setColumnStretchFactor(1, 100)
        for axis in (left, bottom):
            axis.linkToView(self.box)
            axis.setZValue(-10)

    def dispose(self) -> None:
        """Take it out of its window and free it with all that is in it, soon and on Qt's thread."""
        self.hide()
        self.setParent(None)
        self.deleteLater()
