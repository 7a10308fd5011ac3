"""Queries that are asked all the time: their SQL is written once in a process.

    RULES = PreparedQuery(lambda coach: BookingRules.objects.filter(coach=coach))
    RULES.first(coach=coach.pk)

Writing the SQL of a query takes Django longer than PostgreSQL takes to answer it. `build` is
called once, with a Parameter in place of each value, so that it must make the same query whatever
the values are. A value is a plain one (a key, not an object) and never None.
"""

import copy
import inspect
from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, QuerySet, prefetch_related_objects
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")


class Parameter(Expression):
    """Stands in a query for a value that comes later."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return "%s", (self,)

    def get_group_by_cols(self) -> list[Any]:
        return []  # a value, not a column


class PreparedQuery(Generic[Row]):
    def __init__(self, build: Callable[..., "QuerySet[Any, Row]"]) -> None:
        self.build = build

    def all(self, **values: Any) -> list[Row]:
        template = self._template
        if template.locks and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked inside a transaction only.")
        found = list(template.rows_of(template.filled(values)))
        if found and template.prefetched:
            prefetch_related_objects(found, *template.prefetched)
        return found

    def first(self, **values: Any) -> Row | None:
        """The first row, or None. The query says in which order, and how many are read."""
        return next(iter(self.all(**values)), None)

    def get(self, **values: Any) -> Row:
        """The one row, or DoesNotExist."""
        found = self.first(**values)
        if found is None:
            raise self._template.model.DoesNotExist
        return found

    @cached_property
    def _template(self) -> "_Template":
        names = inspect.signature(self.build).parameters
        return _Template(self.build(**{name: Parameter(name) for name in names}))


class _Template:
    """What Django has made of a query: its SQL with places for values, and how to read the rows."""

    def __init__(self, queryset: Any) -> None:
        self.model: Any = queryset.model
        self.rows_of = queryset._iterable_class
        self.prefetched = queryset._prefetch_related_lookups
        self.locks = queryset.query.select_for_update
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.parameters = self.compiler.as_sql()
        selected = self.compiler.select[: self.compiler.col_count]
        self.converters = self.compiler.get_converters([column for column, *_ in selected])

    def filled(self, values: dict[str, Any]) -> "_Filled":
        return _Filled(
            self,
            tuple(
                values[each.name] if isinstance(each, Parameter) else each
                for each in self.parameters
            ),
        )


class _Filled:
    """Stands for a query set before those classes of Django that ask one and read its rows."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, template: _Template, parameters: tuple[Any, ...]) -> None:
        self.template, self.parameters = template, parameters

    @property
    def query(self) -> "_Filled":
        return self

    def get_compiler(self, using: str) -> SQLCompiler:
        compiler = copy.copy(self.template.compiler)
        compiler.connection = connection  # the one of this thread
        compiler.as_sql = lambda: (self.template.sql, self.parameters)
        compiler.get_converters = lambda columns: self.template.converters
        return compiler
