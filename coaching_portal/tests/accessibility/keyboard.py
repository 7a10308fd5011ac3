"""A page worked with the keyboard alone, and watched: whoever has the focus must be seen to."""

from coaching_portal.tests.browser import is_told_of_problem

MOST = 300  # more Tabs than any page here has stops: beyond, the focus is trapped


class Keyboard:
    def __init__(self, page):
        self.page = page

    def tab(self, *, back=False):
        """Press Tab once; the name and element that have the focus now, or None for the page."""
        self.page.keyboard.press("Shift+Tab" if back else "Tab")
        focused = self.page.evaluate(FOCUSED)
        assert not (focused and focused["faults"]), f"“{focused['name']}” {focused['faults']}"
        return focused

    def to(self, name, *, among="*"):
        """Press Tab until something of that name has the focus."""
        for _ in range(MOST):
            focused = self.tab()
            if (
                focused
                and focused["name"].lower().startswith(name.lower())
                and self._is_among(among)
            ):
                return self
        raise AssertionError(f"Tab does not lead to “{name}”")

    def _is_among(self, selector):
        return self.page.evaluate("among => document.activeElement.matches(among)", selector)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, text):
        self.page.keyboard.type(text)
        return self

    def follow(self, name, **which):
        return self.to(name, **which).press("Enter")

    def choose_from_menu(self, name):
        """A link of the masthead: in a row, or, where there is no room, in the menu."""
        if self.page.get_by_text("Menu", exact=True).is_visible():
            self.follow("Menu")
        return self.follow(name, among="header a, .yours a")

    def answer_problem(self, words):
        """The summary of errors has the focus; its link leads to the field, which has it then."""
        is_told_of_problem(self.page, words)
        self.follow(words)
        field = self.page.evaluate("document.activeElement.matches('input, textarea, select')")
        assert field, f"“{words}” does not lead to a field"
        return self

    def round(self, *, back=False):
        """All stops of the page, in their order, from where it begins to where it ends."""
        self.page.evaluate(BEGIN_AGAIN)
        stops = []
        for _ in range(MOST):
            focused = self.tab(back=back)
            if focused is None or (stops and focused["stop"] == stops[0]):
                return stops
            if not stops or focused["stop"] != stops[-1]:  # a date has a stop for each part
                stops.append(focused["stop"])
        raise AssertionError(f"the focus does not come round: {stops[-3:]}")


BEGIN_AGAIN = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}"""

# What has the focus, and how that fails to be seen (WCAG 2.4.7 and 2.4.11). A time is a radio
# button that is laid, unseen, over words that show the focus for it.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const isUnseen = getComputedStyle(element).opacity === "0";
  const shown = isUnseen ? element.nextElementSibling : element;
  const [box] = shown.getClientRects();
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  const isSeenAt = (x, y) => {
    const there = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
    return there === element || shown.contains(there) || element.contains(there);
  };
  const parts = [.1, .5, .9];
  const seen = parts.flatMap((y) => parts.map((x) => isSeenAt(x, y))).filter(Boolean);
  const style = getComputedStyle(shown);
  const hasRing = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    && !/^rgba\\(.*, 0\\)$|transparent/.test(style.outlineColor);
  const faults = [];
  if (!hasRing) faults.push("does not show that it has the focus");
  if (left >= right || top >= bottom) faults.push("has the focus outside the window");
  else if (seen.length < 5) faults.push("has the focus under something else");
  const name = (element.getAttribute("aria-label") || element.labels?.[0]?.innerText
    || element.innerText || "").trim().replace(/\\s+/g, " ");
  const all = [...document.querySelectorAll("*")];
  return {name, faults: faults.join(", "), stop: `${all.indexOf(element)} ${name.slice(0, 40)}`};
}"""
