"""Screen pops: sends browsers, over server-sent events, the call that is about to ring on a person's phone."""
