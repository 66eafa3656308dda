"""The least a window can cost: a bare widget, painted once. Prints milliseconds from its first line to its paint."""

from time import perf_counter

STARTED = perf_counter()

from probes import PaintMark  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

app = QApplication(["bare"])
widget = QWidget()
widget.resize(1366, 768)
mark = PaintMark(widget)
widget.show()
while mark.at is None:
    app.processEvents()
print((mark.at - STARTED) * 1000)
