"""Pages of the bookings app, a module for each reader."""
