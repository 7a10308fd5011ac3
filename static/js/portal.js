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

/* Offers to show times in the browser's zone, where its clock differs from the one shown. The element
   stands behind the form of the offer, so that it is there before what follows is laid out. */
customElements.define(
  "zone-offer",
  class extends HTMLElement {
    connectedCallback() {
      const offer = this.previousElementSibling;
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
      const moment = new Date(offer.dataset.at);
      const clock = (timeZone) =>
        moment.toLocaleString("en-GB", { timeZone, dateStyle: "short", timeStyle: "short" });

      // UTC is the clock of a machine, not of somebody's place.
      if (!zone.includes("/") || zone.startsWith("Etc/")) return;
      try {
        if (clock(zone) === clock(offer.dataset.shown)) return;
      } catch {
        return; // a zone that this browser does not know
      }
      const city = zone.split("/").pop().replaceAll("_", " ");
      offer.elements.zone.value = zone;
      const name = zone === "Europe/London" ? "UK time" : `${city} time`;
      offer.querySelector("span").textContent = `Show times in ${name}`;
      offer.hidden = false;
    }
  },
);

/* A button that copies the text of a field; without script the field can be selected as ever. */
customElements.define(
  "copy-button",
  class extends HTMLElement {
    connectedCallback() {
      const field = document.getElementById(this.dataset.of);
      if (!field || !navigator.clipboard || this.firstChild) return;
      const button = document.createElement("button");
      const said = document.createElement("span");
      button.type = "button";
      button.className = "btn btn-outline-primary";
      button.textContent = "Copy";
      button.setAttribute("aria-describedby", field.id);
      said.className = "ms-2";
      said.setAttribute("role", "status");
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(field.value);
          said.textContent = "Copied";
        } catch {
          field.select();
          said.textContent = "Press Ctrl and C to copy";
        }
      });
      this.append(button, said);
    }
  },
);
