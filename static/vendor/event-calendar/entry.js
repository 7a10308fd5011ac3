export { createCalendar, DayGrid, Interaction, TimeGrid } from "@event-calendar/core";
