"""Screen pops: tells browsers, over server-sent events, whose call is about to ring on a person's phone."""
