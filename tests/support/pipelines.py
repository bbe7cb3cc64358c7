"""A scheme and its test that the pipelines of tests work on."""

SCHEME = """\
scheme: kharkiv
numbers: ["+380441112233"]
steps:
  - ring: {to: ivan, for: 20s}
  - voicemail: {box: kharkiv, notify: [ivan]}
"""
TESTS = """\
tests:
  - name: nobody is there
    call: {to: "+380441112233", from: "+380671112233", at: "2026-11-23 10:00"}
    expect: [{ring: ivan}, {voicemail: kharkiv}]
"""
