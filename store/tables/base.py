"""What all tables share: one metadata with named constraints."""

from collections.abc import Iterable
from typing import ClassVar

from sqlalchemy import CheckConstraint, MetaData
from sqlmodel import SQLModel

#: The length of the ids that the API shows.
ID = 32
#: The length of a SHA-256 in hexadecimal digits.
SHA256 = 64
#: The most characters of a request id.
REQUEST_ID = 64

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """The root of all tables."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Constrain a column of strings to these values."""
    return CheckConstraint(among(column, values), name=column)


def among(column: str, values: Iterable[str]) -> str:
    """Write the SQL condition that a column has one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"
