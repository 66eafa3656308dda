"""The panes of the window: each is given a board and shows one part of it; none touches engine or network."""

from __future__ import annotations

from console.ui.panes.agent_pane import AgentPane
from console.ui.panes.metrics_pane import MetricsPane
from console.ui.panes.queue_pane import QueuePane
from console.ui.panes.table_pane import TablePane
from console.ui.panes.waiting_pane import WaitingPane

__all__ = ["AgentPane", "MetricsPane", "QueuePane", "TablePane", "WaitingPane"]
