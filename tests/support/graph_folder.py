"""A scheme of thirty steps that has every shape: nested lists, ways back, dynamic steps, an end of its own."""

from __future__ import annotations

from pathlib import Path

from routing.compile.tones import tones

COMPANY = """\
project: {name: big, timezone: Europe/Kyiv, country: UA, destinations: [UA], sticky: {within: 14d, ring: 20s}}
people:
  ivan:
    name: Ivan
    email: ivan@example.com
    extension: "11"
    phones: {desk: {sip: "1001"}, mobile: {number: "+380501112233", confirm: "1"}}
  olena: {name: Olena, phones: {desk: {sip: "1002"}}}
groups: {sales: [ivan, olena]}
calendars: {office: {open: {mon-fri: "09:00-18:00"}}}
gateways: {main: {proxy: sip.example, numbers: ["+380441112233"]}}
"""
SERVICE = """\
scheme: service
title: Service centre
numbers: ["+380441112233"]
hours: office
steps:
  - match:
      - {when: {anonymous: true}, steps: [{play: menu.wav}, {ring: {to: olena, for: 10s}}]}
      - {when: {caller: ["+38057", "+38050", "+38067"]}, steps: [{ring: {to: ivan.mobile, for: 15s, label: VIP}}]}
      - {when: {country: PL}, steps: [hangup]}
  - hours:
      closed:
        - menu:
            prompt: menu.wav
            options:
              "1": [{ring: {to: ivan.mobile, for: 20s}}, {voicemail: night}]
              "2": [{play: closed.wav}]
            otherwise: [{hangup: {cause: NO_ANSWER, play: closed.wav}}]
        - voicemail: {box: service, greeting: closed.wav, notify: [ivan]}
  - webhook: {url: "https://crm.example.com/api/v2/telephony/route-the-call", timeout: 2s, ring: 30s}
  - menu:
      prompt: menu.wav
      extensions: true
      options:
        "1":
          - ring: {to: sales, order: round_robin, for: 15s}
          - hours:
              open: [{ring: {to: olena.desk, for: 20s}}]
        "2": [{ring: ivan}, {ring: olena}]
        "3": [{scheme: other}]
        "*": [{play: menu.wav}]
  - ring: {to: sales, for: 20s, order: longest_idle}
  - ring: {to: [ivan.mobile, olena], order: in_order, for: 15s}
  - play: closed.wav
  - voicemail: {box: service, notify: [ivan]}
otherwise:
  - hangup: NO_ANSWER
"""
OTHER = "scheme: other\nsteps: [{ring: ivan}, hangup]\n"


def written(folder: Path, service: str = SERVICE) -> Path:
    """The folder on disk."""
    (folder / "sounds").mkdir(parents=True)
    for name in ("menu.wav", "closed.wav"):
        (folder / "sounds" / name).write_bytes(tones()["routing/beep.wav"])
    for name, text in (("company", COMPANY), ("service", service), ("other", OTHER)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder
