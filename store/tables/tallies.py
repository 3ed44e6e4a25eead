"""What happened, counted."""

from sqlmodel import Field

from store.columns import RowId
from store.tables.base import Table


class Tally(Table, table=True):
    """One addition to a count; the count is the sum of its rows.

    `part`: of a distribution the upper bound of a bucket, or `sum`; else empty.
    """

    __tablename__ = "tally"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    name: str = Field(max_length=64)
    label: str = Field(default="", max_length=64)
    part: str = Field(default="", max_length=16)
    value: float
