"""From boards to table rows: pure arranging, columns as data, and the one keyed table model."""
