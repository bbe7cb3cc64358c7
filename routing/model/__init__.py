"""Facts without behaviour: what schemes, people, numbers, calendars and decisions are. Knows no file, socket or clock."""
