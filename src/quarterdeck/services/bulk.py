"""Many rows at once, in both directions, inside the transaction of the ORM's connection.

    rows_framed(Team.visible, "id", "code")     ->  a frame of two columns, typed by the model's fields
    rows_inserted(Activity, frame)              ->  executemany on SQLite, COPY on PostgreSQL

The ORM makes an object a row and a parameter list a statement; a million rows need neither. Field definitions of the
models are the only source of column types here.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections, models

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CHUNK: Final = 100_000
"""Rows held as Python objects at once: 100,000 of a dozen columns are about 100 MB."""


def connection() -> Any:  # noqa: ANN401  rows, fields and values of any model
    """The one database."""
    return connections[DEFAULT_DB_ALIAS]


def is_sqlite() -> bool:
    """Whether this is the embedded database; else it is PostgreSQL."""
    return bool(connection().vendor == "sqlite")


def dtype_of(field: models.Field[Any, Any]) -> Any:  # noqa: ANN401  rows, fields and values of any model
    """The frame's type of a model's field: exact decimals and JSON are text."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    kinds: tuple[tuple[Any, Any], ...] = (
        (models.BooleanField, pl.Boolean),
        (models.IntegerField, pl.Int64),
        (models.DateTimeField, pl.Datetime("us", "UTC")),
        (models.DateField, pl.Date),
    )
    return next((dtype for kind, dtype in kinds if isinstance(target, kind)), pl.String)


def schema_of(model: type[models.Model], names: Iterable[str]) -> dict[str, Any]:
    """Frame types by column; a name may be an attribute of the model or of one it refers to, as `account__code`."""
    schema = {}
    for name in names:
        owner, *path = name.split("__")
        field = _field(model, owner)
        for step in path:
            field = _field(field.remote_field.model, step)
        schema[name] = dtype_of(field)
    return schema


def _field(model: type[models.Model], name: str) -> Any:  # noqa: ANN401  rows, fields and values of any model
    meta: Any = model._meta
    return meta.pk if name == "pk" else next(f for f in meta.concrete_fields if name in {f.name, f.attname})


def rows_framed(queryset: models.QuerySet[Any], *names: str) -> pl.DataFrame:
    """The rows of a queryset as a frame of these columns; an empty one has the right types, too."""
    chunks = list(frames_read(queryset, *names))
    return pl.concat(chunks) if chunks else pl.DataFrame(schema=schema_of(queryset.model, names))


def frames_read(queryset: models.QuerySet[Any], *names: str, size: int = CHUNK) -> Iterator[pl.DataFrame]:
    """The rows of a queryset in frames of at most `size` rows; memory stays that of one."""
    schema = schema_of(queryset.model, names)
    texts = [at for at, dtype in enumerate(schema.values()) if dtype == pl.String]
    held: list[tuple[Any, ...]] = []
    for row in queryset.values_list(*names).iterator(chunk_size=10_000):
        held.append(row)
        if len(held) == size:
            yield _framed(held, schema, texts)
            held = []
    if held:
        yield _framed(held, schema, texts)


def _framed(rows: list[tuple[Any, ...]], schema: dict[str, Any], texts: list[int]) -> pl.DataFrame:
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for at in texts:
        if any(value is not None and type(value) is not str for value in columns[at][:50]):
            columns[at] = [_text(value) for value in columns[at]]
    series = [
        pl.Series(name, column, dtype=dtype) for (name, dtype), column in zip(schema.items(), columns, strict=True)
    ]
    return pl.DataFrame(series)


def _text(value: Any) -> str | None:  # noqa: ANN401  rows, fields and values of any model
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value)


def among(values: pl.Series) -> list[Any]:
    """The distinct values, for the lookup `column__among`."""
    return values.drop_nulls().unique().to_list()


@models.ForeignObject.register_lookup
@models.Field.register_lookup
class Among(models.Lookup[Any]):
    """`column__among=[...]`: one of the values, however many they are, as one parameter.

    SQLite limits parameters to some thousand. PostgreSQL would join a list in a subquery, and does so row by row for a
    table that has just been filled and never analysed; an array it looks up by index, or hashes, but never loops over.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # noqa: ANN401  Django's own signature
        """Values by JSON."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", [*parameters, json.dumps(self.rhs)]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # noqa: ANN401  Django's own signature
        """Values by array."""
        column, parameters = self.process_lhs(compiler, connection)
        if not self.rhs:
            return "FALSE", []
        kind = "text" if isinstance(self.rhs[0], str) else "bigint"
        return f"{column} = ANY(%s::{kind}[])", [*parameters, self.rhs]


def rows_inserted(model: type[models.Model], frame: pl.DataFrame) -> None:
    """Insert a frame's rows; columns of the model that it lacks get their field's default. Checks nothing itself."""
    if not frame.height:
        return
    meta: Any = model._meta
    fields = {field.attname: field for field in meta.concrete_fields if not (field.primary_key or field.generated)}
    missing = [pl.lit(_default(field)).alias(name) for name, field in fields.items() if name not in frame.columns]
    whole = frame.with_columns(missing).select(list(fields))
    columns = ", ".join(f'"{field.column}"' for field in fields.values())
    for start in range(0, whole.height, CHUNK):
        part = whole.slice(start, CHUNK)
        _inserted(f'"{meta.db_table}"', columns, part)


def _inserted(table: str, columns: str, frame: pl.DataFrame) -> None:
    with connection().cursor() as cursor:
        if is_sqlite():
            marks = ", ".join(["%s"] * frame.width)
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", plain(frame).iter_rows())
        else:
            _copied(cursor, table, columns, frame)


def _copied(cursor: Any, table: str, columns: str, frame: pl.DataFrame) -> None:  # noqa: ANN401  rows, fields and values of any model
    """PostgreSQL's COPY: an unquoted empty field is NULL, a quoted one an empty text."""
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv)") as copy:
        copy.write(frame.write_csv(include_header=False, quote_style="non_numeric", datetime_format="%F %T%.6f%z"))


def rows_merged(table: str, frame: pl.DataFrame, on_conflict: str) -> None:
    """Insert rows whose columns are the frame's, or do what `on_conflict` says where they are there already."""
    columns = ", ".join(frame.columns)
    with connection().cursor() as cursor:
        if is_sqlite():
            marks = ", ".join(["%s"] * frame.width)
            insert = f"INSERT INTO {table} ({columns}) VALUES ({marks}) {on_conflict}"
            for part in frame.iter_slices(CHUNK):
                cursor.executemany(insert, plain(part).iter_rows())
            return
        cursor.execute(f"CREATE TEMPORARY TABLE merged ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA")
        _copied(cursor, "merged", columns, frame)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM merged {on_conflict}")
        cursor.execute("DROP TABLE merged")


def _default(field: Any) -> Any:  # noqa: ANN401  rows, fields and values of any model
    value = field.get_default()
    return json.dumps(value) if isinstance(value, dict | list) else None if value is None else value


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Days and instants as the text in which SQLite keeps them: a thousand times cheaper here than value by value."""
    dates = [name for name, dtype in frame.schema.items() if dtype == pl.Date]
    instants = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)]
    return frame.with_columns(
        *(pl.col(name).dt.strftime("%Y-%m-%d") for name in dates),
        *(pl.col(name).dt.strftime("%Y-%m-%d %H:%M:%S%.6f").str.strip_suffix(".000000") for name in instants),
    )


def rows_updated(model: type[models.Model], frame: pl.DataFrame, *, key: str = "id") -> None:
    """Set the frame's other columns in the rows of its key."""
    if not frame.height:
        return
    meta: Any = model._meta
    names = [name for name in frame.columns if name != key]
    sets = ", ".join(f'"{_field(model, name).column}" = %s' for name in names)
    values = plain(frame) if is_sqlite() else frame
    with connection().cursor() as cursor:
        cursor.executemany(
            f'UPDATE "{meta.db_table}" SET {sets} WHERE "{key}" = %s', values.select(*names, key).iter_rows()
        )


def instant(moment: dt.datetime) -> pl.Expr:
    """A moment as a column, in UTC."""
    return pl.lit(moment.astimezone(dt.UTC)).dt.cast_time_unit("us")
