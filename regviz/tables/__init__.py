"""Tables that people bring: read by well-kept libraries, understood here, and never misread without a word.

Nothing but NumPy is imported until a table is read."""

from .encoder import Scaling
from .errors import TableError
from .parts import Parts, Rare, stratified_parts
from .read import read_table
from .record import from_record, to_record
from .table import Table

__all__ = [
    "Parts",
    "Rare",
    "Scaling",
    "Table",
    "TableError",
    "from_record",
    "read_table",
    "stratified_parts",
    "to_record",
]
