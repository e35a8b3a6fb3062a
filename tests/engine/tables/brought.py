"""Twenty rows of two columns of numbers and a class, and what tests of tables ask of them."""

from __future__ import annotations

from regviz.tables import Table, read_table

N = 20
X = [round(12.1 + k * 37 % 23 * 0.31, 2) for k in range(N)]
Z = [float(k * 7 % 11) for k in range(N)]
Y = ["ab"[k * k % 3 > 0] for k in range(N)]
CELLS = [(f"{X[k]}", f"{Z[k]:.0f}", Y[k]) for k in range(N)]
ROWS = [",".join(cells) for cells in CELLS]


def read(*lines: str) -> Table:
    return read_table("\n".join(lines).encode() + b"\n")


def numbers(table: Table, name: str) -> list[float]:
    return table.column(name).values.tolist()


def noted(table: Table, said: str) -> bool:
    return any(said in note for note in table.notes)
