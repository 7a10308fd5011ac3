/* The reader's choice of theme: set on the root element before anything is painted, and changed by
   the switch in the footer. Without script, or with "System", the style sheet follows the system. */
(() => {
  "use strict";
  const root = document.documentElement;

  const stored = () => {
    try {
      return localStorage.getItem("theme") || "system";
    } catch {
      return "system"; // storage may be refused
    }
  };

  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.bsTheme = theme;
    else delete root.dataset.bsTheme;
  };

  const keep = (theme) => {
    try {
      if (theme === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      /* the choice then lasts for this page */
    }
  };

  apply(stored());

  document.addEventListener("DOMContentLoaded", () => {
    const theme = stored();
    for (const choice of document.querySelectorAll("[data-theme-switch]")) {
      choice.hidden = false;
      const current = choice.querySelector(`input[value="${theme}"]`);
      if (current) current.checked = true;
      choice.addEventListener("change", (event) => {
        keep(event.target.value);
        apply(event.target.value);
      });
    }
  });
})();
