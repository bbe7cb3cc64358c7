"""HTTP: a client for webhooks and CRMs, a server of health and metrics. Knows nothing of calls."""
