"""What is lost on a page that is enlarged, spaced out or kept still: WCAG 1.4.4, 1.4.10, 1.4.12.

Of 1280 px, 320 px are what is left at 400 % and 640 px at 200 %.
"""

WIDTHS = (640, 320)

# The spacing that a reader may ask for; a constructed sheet is not inline style, so CSP lets it be.
SPACE_OUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
CLOSE_UP = "() => { document.adoptedStyleSheets = []; }"

# Tables and texts that scroll inside the page may be wider than it; what only screen readers
# are told is clipped on purpose.
LOST = """() => {
  const found = new Set();
  const reach = document.scrollingElement.scrollWidth;
  if (reach > innerWidth) found.add(`scrolls sideways to ${reach} px`);
  const scrolls = (element) => element && (
    /auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const words = (element) => element.textContent.trim().replace(/\\s+/g, " ").slice(0, 60);
  const isClipped = (element) => element && (
    getComputedStyle(element).clipPath !== "none" || isClipped(element.parentElement));
  const isHidden = (element) => !element.checkVisibility({visibilityProperty: true})
    || element.closest(".visually-hidden, .skip, svg, select")
    || isClipped(element);
  const tell = (element, what) => isHidden(element) || found.add(`“${words(element)}” ${what}`);
  for (const element of document.body.querySelectorAll("*")) {
    const {overflowX, overflowY, display} = getComputedStyle(element);
    const cuts = (overflow) => /hidden|clip/.test(overflow) && !element.matches("input, progress");
    if (cuts(overflowX) && element.scrollWidth > element.clientWidth + 1
        || cuts(overflowY) && element.scrollHeight > element.clientHeight + 1)
      tell(element, "is cut");
    for (const text of element.childNodes) {
      if (text.nodeType !== Node.TEXT_NODE || !text.data.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const box = range.getBoundingClientRect();
      const own = element.getBoundingClientRect();
      if ((box.right > innerWidth + 1 || box.left < -1) && !scrolls(element))
        tell(element, "is out of sight");
      else if (display !== "inline" && (box.right > own.right + 2 || box.bottom > own.bottom + 4))
        tell(element, "spills over its box");
    }
  }
  return [...found];
}"""

MOVES = """() => {
  const found = new Set();
  const seconds = (text) => Math.max(...text.split(",").map(parseFloat));
  for (const element of document.querySelectorAll("*"))
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, part);
      const lasts = style.animationName === "none" ? 0 : seconds(style.animationDuration);
      if (Math.max(lasts, seconds(style.transitionDuration)) > 0.01
          || style.scrollBehavior === "smooth")
        found.add(`${element.localName}.${element.className}${part || ""} moves`);
    }
  return [...found];
}"""


def motions(page):
    """What moves on this page although its reader asked for less motion."""
    return page.evaluate(MOVES)


def losses(page):
    """What of this page is lost when it is narrow, and narrow with wide spacing."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 720})
        for spacing, change in (("", CLOSE_UP), (", spaced out", SPACE_OUT)):
            page.evaluate(change)
            found += [f"{width} px{spacing}: {lost}" for lost in page.evaluate(LOST)]
    page.evaluate(CLOSE_UP)
    return found
