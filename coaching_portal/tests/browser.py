"""What people do in a browser, in their own words; what a page shows is asked of Playwright."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

WAYS = {
    "desktop": {"width": 1280},
    "phone": {"width": 390},
    "without script": {"width": 390, "script": False},
}
in_every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
PHONES = {name: way for name, way in WAYS.items() if name != "desktop"}
on_a_phone = pytest.mark.parametrize("way", PHONES.values(), ids=PHONES)
PASSWORD = "seven quiet herons"


def follow(page, name, **which):
    page.get_by_role("link", name=name, **which).filter(visible=True).first.click()


def press(page, name, **which):
    page.get_by_role("button", name=name, **which).filter(visible=True).first.click()


def fill_in(page, answers):
    """Each field by its label: words are typed, True is ticked."""
    for label, answer in answers.items():
        field = page.get_by_label(label)
        if answer is True:
            field.check()
        else:
            field.fill(answer)


def sees(page, *texts):
    for text in texts:
        expect(page.get_by_text(text).filter(visible=True).first).to_be_visible()


def is_at(page, heading):
    expect(page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()


def monday_after(days):
    """The first Monday more than so many days ahead: free from its first hour, at any time of day.

    The first free day has only what is left of it once the notice has passed.
    """
    day = timezone.localdate() + timedelta(days=days + 1)
    return day + timedelta(days=(7 - day.weekday()) % 7)


def choose_time(part, number=0):
    """Choose one of the times in a part of a page, and say which: "Tuesday 1 June 2027, 9am"."""
    times = part.locator("[name=start]").filter(visible=True)
    expect(times.first).to_be_visible()
    chosen = times.nth(number)
    chosen.check()
    return chosen.get_attribute("aria-label").replace(" at ", ", ")


def is_told_of_problem(page, *words):
    """The summary at the top has taken the focus, and the title begins with the word."""
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    for each in words:
        expect(summary).to_contain_text(each)


def was_refused_with(page, status):
    """The browser has noted this answer, and complained of nothing else."""
    complaints = [said for said in page.complaints if f"status of {status}" not in said]
    assert len(page.complaints) > len(complaints), f"no answer was {status}"
    page.complaints[:] = complaints


def download(page, name):
    """The content of what a link hands over as a file."""
    with page.expect_download() as handed_over:
        follow(page, name)
    return handed_over.value.path().read_bytes()


def tab_to(page, name, *, among="*", most=60):
    """Press Tab until an element of that name has the focus; each on the way must be in sight."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED, among)
        assert focused["isInSight"], f"“{focused['name']}” has the focus and cannot be seen"
        if focused["isAmong"] and focused["name"].startswith(name):
            return
    raise AssertionError(f"Tab does not lead to “{name}”")


# The focused element by its name, and whether its middle can be seen in the window.
FOCUSED = """among => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    name: (element.getAttribute("aria-label") || element.labels?.[0]?.innerText
      || element.innerText || "").replace(/\\s+/g, " ").trim(),
    isAmong: element.matches(among),
    isInSight: Boolean(seen && (element.contains(seen) || seen.contains(element))),
  };
}"""
