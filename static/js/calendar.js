/* The coach's calendar by day, week and month. The server decides everything: what is drawn, and
   whether a session may be where it was dropped. All times are the coach's clock, whatever zone the
   browser keeps, so they are handled as text ("2026-12-01T09:00:00"), never as instants. */
(() => {
  "use strict";
  const VIEWS = { day: "timeGridDay", week: "timeGridWeek", month: "dayGridMonth" };
  const NAMES = { timeGridDay: "day", timeGridWeek: "week", dayGridMonth: "month" };

  const two = (number) => String(number).padStart(2, "0");
  // The calendar keeps wall times in the local fields of a Date.
  const dateOf = (moment) =>
    `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  const dayBefore = (moment) =>
    new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() - 1);

  /* A wall time so many days and seconds later, by the clock on the wall. */
  const later = (wall, { days = 0, seconds = 0 }) => {
    const moment = new Date(`${wall}Z`);
    moment.setUTCDate(moment.getUTCDate() + days);
    moment.setUTCSeconds(moment.getUTCSeconds() + seconds);
    return moment.toISOString().slice(0, 19);
  };

  /* "9am", "10:30am" */
  const clock = (moment) => {
    const hour = moment.getHours() % 12 || 12;
    const minutes = moment.getMinutes() ? `:${two(moment.getMinutes())}` : "";
    return `${hour}${minutes}${moment.getHours() < 12 ? "am" : "pm"}`;
  };

  const day = (moment, parts) => moment.toLocaleDateString("en-GB", parts);

  /* "7 to 13 June 2027", "Monday 7 June 2027": the dates that are shown, both included. */
  const title = (first, last) => {
    const parts = { day: "numeric", month: "long", year: "numeric" };
    if (dateOf(first) === dateOf(last)) return day(first, { weekday: "long", ...parts });
    if (first.getFullYear() !== last.getFullYear()) return `${day(first, parts)} to ${day(last, parts)}`;
    const isOneMonth = first.getMonth() === last.getMonth();
    const start = isOneMonth ? { day: "numeric" } : { day: "numeric", month: "long" };
    return `${day(first, start)} to ${day(last, parts)}`;
  };

  const element = (name, className, text) => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };

  customElements.define(
    "coach-calendar",
    class extends HTMLElement {
      connectedCallback() {
        this.said = document.querySelector(".calendar-said");
        this.drawn = document.querySelector(".drawn-week");
        this.head = document.querySelector(".week-head");
        this.token = this.querySelector("[name=csrfmiddlewaretoken]").value;
        // The week that is drawn, and on a phone the list, remain until a view is chosen.
        if (this.dataset.view in VIEWS) this.start(this.dataset.view);
        else this.offerViews();
      }

      /* Beside the drawn week and the list, the way to the views that only a script draws. */
      offerViews() {
        const list = this.head.querySelector("ul");
        for (const view of Object.keys(VIEWS)) {
          const item = document.createElement("li");
          const link = element("a", "", view[0].toUpperCase() + view.slice(1));
          link.href = `?view=${view}&date=${this.dataset.date}`;
          item.append(link);
          list.append(item);
        }
      }

      start(view) {
        this.drawn.hidden = this.head.hidden = true;
        this.hidden = false;
        this.calendar = EventCalendar.createCalendar(
          this,
          [EventCalendar.TimeGrid, EventCalendar.DayGrid, EventCalendar.Interaction],
          {
            view: VIEWS[view],
            date: this.dataset.date,
            height: "44rem",
            scrollTime: "08:00:00",
            locale: "en-GB",
            firstDay: 1,
            allDaySlot: false,
            nowIndicator: false,
            slotDuration: "00:30:00",
            snapDuration: "00:15:00",
            slotEventOverlap: false,
            editable: true,
            eventLongPressDelay: 500,
            slotLabelFormat: clock,
            eventTimeFormat: (start, end) => `${clock(start)} to ${clock(end)}`,
            dayHeaderFormat: { weekday: "short", day: "numeric", month: "short" },
            titleFormat: title,
            views: {
              dayGridMonth: {
                dayHeaderFormat: { weekday: "short" },
                titleFormat: { month: "long", year: "numeric" },
                eventTimeFormat: clock,
              },
            },
            headerToolbar: {
              start: "prev,today,next",
              center: "title",
              end: "timeGridDay,timeGridWeek,dayGridMonth,list",
            },
            buttonText: {
              today: "Today",
              prev: "Earlier",
              next: "Later",
              timeGridDay: "Day",
              timeGridWeek: "Week",
              dayGridMonth: "Month",
              close: "Close",
            },
            customButtons: { list: { text: "List", click: () => this.showList() } },
            eventSources: [{ events: (period) => this.read(period) }],
            eventContent: ({ event, timeText, view: { type } }) => this.content(event, timeText, type),
            eventAllUpdated: () => this.mendRoles(),
            eventDragStart: () => (this.isDragged = true),
            eventDragStop: () => window.setTimeout(() => (this.isDragged = false)),
            eventDrop: (drop) => this.drop(drop),
            eventResizeStart: () => (this.isDragged = true),
            eventResizeStop: () => window.setTimeout(() => (this.isDragged = false)),
            eventResize: (resize) => this.resize(resize),
            dateClick: (click) => this.book(click),
            datesSet: ({ view: { type, currentStart } }) => this.remember(NAMES[type], currentStart),
          },
        );
      }

      content(event, timeText, type) {
        const { page, words, state, isPlain } = event.extendedProps;
        if (event.display === "background") return "";
        const time = element("span", "entry-time", timeText);
        const nodes = [time, element("strong", "", event.title)];
        if (words && type !== "dayGridMonth") nodes.push(element("span", "entry-what", words));
        if (state && !isPlain) nodes.push(element("span", "entry-state", state));
        if (!page) return { domNodes: nodes };
        const link = element("a", "entry-link", "");
        link.href = page;
        link.draggable = false; // what is dragged is the session, not its address
        link.addEventListener("click", (click) => this.isDragged && click.preventDefault());
        link.append(...nodes);
        return { domNodes: [link] };
      }

      async read({ start, end }) {
        const ask = new URLSearchParams({ from: dateOf(start), to: dateOf(dayBefore(end)) });
        try {
          const answer = await fetch(`${this.dataset.events}?${ask}`, {
            headers: { Accept: "application/json" },
          });
          if (!answer.ok) throw new Error(answer.statusText);
          const { events } = await answer.json();
          return events;
        } catch {
          this.say("The calendar could not be read. Check your connection and reload the page.");
          return [];
        }
      }

      /* Where it was dropped, the server says yes or no; a no puts it back. */
      async drop({ event, oldEvent, delta, revert }) {
        const from = this.wallOf(oldEvent);
        const to = later(from, delta);
        const answer = await this.send(event, { starts_at: to });
        if (!answer.problem) {
          this.done(event, `${event.title} is moved to ${answer.when}.`);
          return;
        }
        revert();
        this.say(`${event.title} stays where it was. ${answer.problem}`);
        if (!answer.may_insist) return;
        const button = element("button", "btn btn-link", "Move it there all the same");
        button.type = "button";
        button.addEventListener("click", async () => {
          const second = await this.send(event, { starts_at: to, outside_hours: "yes" });
          if (second.problem) this.say(second.problem);
          else this.done(event, `${event.title} is moved to ${second.when}.`);
        });
        this.said.append(" ", button);
      }

      /* Its end was dragged: the session lasts as long as it is drawn, by the clock on the wall. */
      async resize({ event, revert }) {
        const clockOf = (moment) => Date.parse(`${this.wallOf({ start: moment })}Z`);
        const minutes = (clockOf(event.end) - clockOf(event.start)) / 60000;
        const answer = await this.send(event, { minutes });
        if (!answer.problem) {
          this.done(event, `${event.title}: ${answer.when}.`);
          return;
        }
        revert();
        this.say(`${event.title} stays as long as it was. ${answer.problem}`);
      }

      /* The emails about a change wait for ten seconds. */
      done(event, words) {
        this.say(`${words} We email about it in 10 seconds.`);
        const button = element("button", "btn btn-link", "Undo");
        button.type = "button";
        button.addEventListener("click", async () => {
          const answer = await this.send(event, { undo: "yes" });
          this.say(answer.problem || `Undone. ${event.title}: ${answer.when}.`);
          this.calendar.refetchEvents();
        });
        window.setTimeout(() => button.remove(), 10000);
        this.said.append(" ", button);
        this.calendar.refetchEvents();
      }

      /* A click on a time books somebody at it; on a day of a month it shows the day. */
      book({ date, view: { type } }) {
        if (this.isDragged) return;
        if (type === "dayGridMonth") {
          this.calendar.setOption("date", date).setOption("view", VIEWS.day);
          return;
        }
        const ask = new URLSearchParams({ starts_at: this.wallOf({ start: date }) });
        window.location.assign(`${this.dataset.book}?${ask}`);
      }

      wallOf({ start }) {
        const clock = [start.getHours(), start.getMinutes(), start.getSeconds()].map(two).join(":");
        return `${dateOf(start)}T${clock}`;
      }

      async send(event, change) {
        const body = new URLSearchParams({ csrfmiddlewaretoken: this.token, ...change });
        this.said.setAttribute("aria-busy", "true");
        try {
          const answer = await fetch(event.extendedProps.time, {
            method: "POST",
            body,
            headers: { Accept: "application/json" },
          });
          return await answer.json();
        } catch {
          return {
            problem: "We could not reach the portal. Check your connection, and move it again.",
          };
        } finally {
          this.said.removeAttribute("aria-busy");
        }
      }

      say(words) {
        this.said.replaceChildren(element("p", "", words));
      }

      remember(view, start) {
        this.shown = dateOf(start);
        window.requestAnimationFrame(() => this.mendRoles());
        const address = new URLSearchParams({ view, date: this.shown });
        window.history.replaceState(null, "", `?${address}`);
      }

      /* The calendar calls itself a table, and is none: its sessions lie in no cell. What scrolls
         can be reached and scrolled by keyboard, also where nothing is in it. */
      mendRoles() {
        const table = "[role=table], [role=rowgroup], [role=row], [role=columnheader], [role=cell], [aria-colindex]";
        for (const part of this.querySelectorAll(table)) {
          part.removeAttribute("role");
          part.removeAttribute("aria-colindex");
        }
        const body = this.querySelector(".ec-body");
        if (!body) return;
        body.tabIndex = 0;
        body.setAttribute("role", "region");
        body.setAttribute("aria-label", "Hours and sessions");
      }

      showList() {
        window.location.assign(`${this.dataset.list}?view=list&date=${this.shown}`);
      }
    },
  );
})();
