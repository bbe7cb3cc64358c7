"""Facts without behaviour: people, numbers, calendars, decisions, problems. Knows no file, socket or clock."""
