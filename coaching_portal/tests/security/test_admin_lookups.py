"""A list of the admin is filtered by what it shows, searches or filters by, and nothing else.

Otherwise `?session_key__regex=^a` would hand out, letter by letter, what no page shows.
"""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import ForeignKey
from django.urls import reverse

from bookings.admin import CoachingSessionAdmin
from bookings.models import CoachingSession, Enquiry
from coaching_portal.billing.models import Practice
from coaching_portal.common import to_do
from coaching_portal.common.admin import PortalModelAdmin
from coaching_portal.testing.plugin import NINE
from profiles.admin import UserAdmin
from profiles.models import User

pytestmark = pytest.mark.django_db

ADMINS = [each for model, each in admin.site._registry.items() if model is not Practice]
ROLES = ("staff", "superuser")


@pytest.fixture
def jo(make_user):
    return make_user("jo@example.org", name="Jo Bloggs", needs="a lift")


@pytest.fixture
def office(make_user, signed_in):
    """office("staff"): the browser of somebody who may see and change every list."""

    def browser(role):
        user = make_user(f"{role}@example.org", name="Olu Office", is_staff=True)
        if role == "superuser":
            user.is_superuser = True
            user.save()
        user.user_permissions.set(Permission.objects.all())
        return signed_in(user)

    return browser


def list_of(model_admin):
    meta = model_admin.opts
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")


def named(model_admin):
    """What the list shows, searches or filters by, as it is written in the admin."""
    names = {name for name in model_admin.list_display if isinstance(name, str)}
    for each in model_admin.list_filter:
        names.add(each[0] if isinstance(each, tuple) else getattr(each, "parameter_name", each))
    names |= {name.lstrip("^=@") for name in model_admin.get_search_fields(None)}
    return names | {model_admin.date_hierarchy}


def fields_of(model):
    return [field for field in model._meta.get_fields(include_hidden=True) if field.name]


def hidden_lookups(model_admin):
    """Of every field that is not named."""
    hidden = {field.name for field in fields_of(model_admin.model)} - named(model_admin)
    yield from (f"{name}__regex" for name in sorted(hidden))


def hidden_relations(model_admin):
    """Every field of every related row, but for the key of one that the list names."""
    for relation in fields_of(model_admin.model):
        if relation.related_model is None:
            continue
        for field in fields_of(relation.related_model):
            path = f"{relation.name}__{field.name}"
            is_key = getattr(field, "primary_key", False) and relation.name in named(model_admin)
            if path not in named(model_admin) and not is_key:
                yield from (path, f"{path}__regex")


def name_of(model_admin):
    return model_admin.opts.label_lower


@pytest.mark.parametrize("model_admin", admin.site._registry.values(), ids=name_of)
def test_every_registered_admin_has_the_base_that_refuses(model_admin):
    assert isinstance(model_admin, PortalModelAdmin)
    assert type(model_admin).lookup_allowed in (
        PortalModelAdmin.lookup_allowed,
        CoachingSessionAdmin.lookup_allowed,
    )


def test_no_list_is_filtered_by_a_hidden_field(office):
    browser = office("superuser")

    answered = [
        (name_of(model_admin), lookup, answer)
        for model_admin in ADMINS
        for lookup in hidden_lookups(model_admin)
        if (answer := browser.get(list_of(model_admin), {lookup: "1"}).status_code) != 400
    ]

    assert not answered, "\n".join(map(str, answered))


@pytest.mark.parametrize("model_admin", ADMINS, ids=name_of)
def test_no_list_is_filtered_by_a_hidden_field_of_a_related_row(model_admin, rf):
    request = rf.get("/")

    allowed = [
        lookup
        for lookup in hidden_relations(model_admin)
        if model_admin.lookup_allowed(lookup, "1", request)
    ]

    assert allowed == []


REFUSED = [
    "/admin/usersessions/usersession/?session_key__regex=^a",
    "/admin/usersessions/usersession/?user__password__startswith=argon",
    "/admin/profiles/user/?needs__icontains=lift",
    "/admin/profiles/user/?client__coach__user__password__regex=a",
    "/admin/profiles/user/?authenticator__data__secret__startswith=a",
    "/admin/profiles/coach/?user__pk__exact=1&user__password__regex=a",
    "/admin/bookings/coachingsession/?location_details__icontains=x",
    "/admin/bookings/coachingsession/?coach__user__needs__regex=a",
    "/admin/bookings/programme/?accepted_from__startswith=192",
    "/admin/billing/payment/?unallocated__gt=0",
    "/admin/profiles/user/?_popup=1&needs__icontains=lift",
    "/admin/profiles/user/?_to_field=id&needs__icontains=lift",
    "/admin/profiles/user/?_to_field=password",
    "/admin/profiles/user/?needs__icontains=lift&_facets=1",
    "/admin/profiles/user/?o=1&needs__icontains=lift",
    "/admin/profiles/user/?q=jo&needs__icontains=lift",
    "/admin/billing/creditnote/?issued_at__year=2027",
]


@pytest.mark.parametrize("role", ROLES)
def test_no_other_way_around_it(office, role):
    browser = office(role)

    answers = {address: browser.get(address).status_code for address in REFUSED}

    assert set(answers.values()) == {400}, answers


def test_an_action_is_not_done_to_rows_found_by_a_hidden_field(office, jo):
    chosen = {"action": "delete_selected", "select_across": "1", "_selected_action": "1"}

    answer = office("superuser").post("/admin/profiles/user/?needs__icontains=lift", chosen)

    assert answer.status_code == 400


def test_kept_filters_of_a_list_are_asked_again_there(office, jo):
    """`_changelist_filters` of an object's page lead back to the list, which refuses them."""
    browser = office("superuser")
    page = reverse("admin:profiles_user_change", args=[jo.pk])

    shown = browser.get(page, {"_changelist_filters": "needs__icontains=lift"})
    back = browser.get(reverse("admin:profiles_user_changelist") + "?needs__icontains=lift")

    assert (shown.status_code, back.status_code) == (200, 400)


def test_a_list_is_ordered_by_its_columns_only(office):
    """`o=` counts columns: a name or a number beyond them orders nothing."""
    browser = office("superuser")

    for asked in ("needs", "-password", "99", "1.99"):
        page = browser.get(reverse("admin:profiles_user_changelist"), {"o": asked})
        fields = {name.lstrip("-") for name in page.context["cl"].queryset.query.order_by}
        assert fields <= {*UserAdmin.list_display, "sort_name", "pk"}


def test_autocomplete_finds_by_what_its_list_searches(office, jo):
    asked = {"app_label": "profiles", "model_name": "membership", "field_name": "user"}
    browser = office("superuser")

    found = browser.get(reverse("admin:autocomplete"), asked | {"term": "lift"})
    other = browser.get(reverse("admin:autocomplete"), asked | {"field_name": "uuid", "term": "a"})

    assert found.json()["results"] == []
    assert other.status_code == 403


def test_listed_columns_and_filters_go_on_working(rf):
    request, refused = rf.get("/"), []
    for model_admin in ADMINS:
        fields = {field.name: field for field in fields_of(model_admin.model)}
        of_their_own = {getattr(each, "parameter_name", None) for each in model_admin.list_filter}
        for name in named(model_admin) - of_their_own - {None, "__str__"}:
            if name not in fields and "__" not in name:
                continue  # a column that is worked out
            is_related = isinstance(fields.get(name), ForeignKey)
            endings = ("", "__id__exact", "__pk") if is_related else ("", "__exact", "__gte")
            refused += [
                (name_of(model_admin), name + ending)
                for ending in endings
                if not model_admin.lookup_allowed(name + ending, "1", request)
            ]

    assert refused == []


def test_every_link_of_a_filter_opens(office):
    """As the pages themselves write them, for choices, dates, yes and no, and related rows."""
    User.objects.create_user(email="second@example.org", name="Second", is_active=False)
    browser, wrong, links = office("staff"), [], 0
    for model_admin in ADMINS:
        page = browser.get(list_of(model_admin))
        changelist = page.context["cl"]
        for spec in changelist.filter_specs:
            for choice in spec.choices(changelist):
                links += 1
                address = list_of(model_admin) + choice["query_string"]
                if browser.get(address).status_code != 200:
                    wrong.append(address)

    assert links > 40
    assert wrong == []


def test_what_waits_in_the_office_is_found_by_its_links(office):
    browser = office("staff")

    items = to_do.items(NINE)
    assert len(items) > 10
    for item in items:
        model_admin = admin.site._registry[item.rows.model]
        assert browser.get(f"{list_of(model_admin)}?{item.filter}").status_code == 200


def test_a_date_hierarchy_goes_on_working(office):
    browser = office("staff")

    for list_page, field in (("creditnote", "issued_on"), ("payment", "received_on")):
        asked = {f"{field}__year": 2027, f"{field}__month": 6, f"{field}__day": 7}
        assert browser.get(f"/admin/billing/{list_page}/", asked).status_code == 200


def test_control_as_it_comes_django_filters_by_anything(office, monkeypatch):
    monkeypatch.setattr(PortalModelAdmin, "lookup_allowed", admin.ModelAdmin.lookup_allowed)
    browser = office("staff")

    for model in (Enquiry, CoachingSession):
        address = list_of(admin.site._registry[model])
        field = "needs" if model is CoachingSession else "message"
        assert browser.get(address, {f"{field}__icontains": "x"}).status_code == 200
