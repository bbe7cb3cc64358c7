"""HTTP: webhooks out, health and metrics in. Knows requests and answers, nothing of calls."""
