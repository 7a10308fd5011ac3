"""manage.py migrate: Django's, as the tables' owner; then the portal's role gets its rights."""

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from coaching_portal.operations.database_roles import RoleIsMissing, as_owner, give_rights


class Command(migrate.Command):
    def handle(self, *args, **options):
        with as_owner():
            super().handle(*args, **options)
            try:
                give_rights()
            except RoleIsMissing as error:
                raise CommandError(str(error)) from error
