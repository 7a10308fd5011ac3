"""A CSV file is read rightly by Excel, and runs nothing in it."""

import csv
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from import_export import admin as import_export_admin
from import_export import resources

from coaching_portal.common import csv_files
from profiles.models import Organisation

RUN = [
    *("=1+1", "+44 20 7946 0000", "-1+1", "\u22121", "@SUM(A1)", "\t=1", "\r=1", "\n=1"),
    *("-", "-12.50.1", "- 5", "＝1", "＋1", "－1", "＠1", "-1\n"),
]
KEPT = ["", "Ann", "O'Neill", "1+1", "12.50", "-12.50", "-3", Decimal("-12.50"), -3, 0, None]


def written(*rows):
    file = StringIO(newline="")
    csv_files.write(file, rows)
    return file.getvalue()


@pytest.mark.parametrize("text", RUN)
def test_a_cell_that_a_spreadsheet_would_run_is_made_plain(text):
    assert csv_files.cell(text) == f"'{text}"


@pytest.mark.parametrize("value", KEPT)
def test_other_texts_and_numbers_stay_as_they_are(value):
    assert csv_files.cell(value) == ("" if value is None else str(value))


def test_a_file_begins_with_the_mark_by_which_excel_knows_utf_8():
    text = written(["£", "José"], ["=1", Decimal("-12.50")])

    assert text.encode().startswith(b"\xef\xbb\xbf\xc2\xa3,")
    assert list(csv.reader(StringIO(text.removeprefix("\ufeff")))) == [
        ["£", "José"],
        ["'=1", "-12.50"],
    ]


class OrganisationResource(resources.ModelResource):
    class Meta:
        model = Organisation
        fields = ("name",)


def test_exports_of_the_admin_are_written_the_same_way(db):
    Organisation.objects.create(name="=HYPERLINK(1) £")
    mixin = import_export_admin.ExportMixin()

    (offered,) = mixin.get_export_formats()
    text = offered().export_data(OrganisationResource().export())

    assert text == "\ufeffname\r\n'=HYPERLINK(1) £\r\n"


def test_nobody_else_writes_csv():
    ours = [
        path
        for app in ("coaching_portal", "profiles", "bookings", "training")
        for path in Path(settings.BASE_DIR, app).rglob("*.py")
        if "tests" not in path.parts
    ]

    writers = [path.name for path in ours if "csv.writer" in path.read_text()]

    assert writers == ["csv_files.py"]
