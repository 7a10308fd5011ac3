"""CSV files that people open in a spreadsheet: read as UTF-8, and with no cell that is run.

    csv_files.write(response, [COLUMNS, *rows])

django-import-export writes the same by `Csv`, the only format that the settings offer for exports.
"""

import csv
import re
from collections.abc import Iterable
from typing import IO, Any

from django.http import HttpResponse
from import_export.formats.base_formats import CSV
from tablib import Dataset

# Without it Excel reads the file in the code page of the machine: £ and é become two signs each.
BOM = "\ufeff"
# What a spreadsheet takes for the start of a formula, as signs of full width too (Excel in Japanese
# and Chinese), and what may stand before one unseen.
FORMULA_STARTS = ("=", "+", "-", "@", "\u2212", "＝", "＋", "－", "＠", "\t", "\r", "\n")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def cell(value: object) -> str:
    """A text that a spreadsheet would run gets an apostrophe; numbers stay numbers."""
    text = "" if value is None else str(value)
    is_run = text.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(text)
    return f"'{text}" if is_run else text


def write(file: IO[str] | HttpResponse, rows: Iterable[Iterable[object]]) -> None:
    file.write(BOM)
    csv.writer(file).writerows([cell(value) for value in row] for row in rows)


class Csv(CSV):
    """For django-import-export: the same cells and the same beginning."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> str:
        dataset.headers = [cell(header) for header in dataset.headers or []] or None
        for position, row in enumerate(dataset):
            dataset[position] = [cell(value) for value in row]
        return BOM + super().export_data(dataset, **kwargs)
