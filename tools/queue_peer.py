"""The same calls through FreeSWITCH's mod_callcenter on the same switch: how soon a free person's phone rings."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from bench_waiting import sent_on_ms

from support.switchbed.crowd import Crowd
from support.switchbed.switch import Switch
from support.switchbed.waiting import until

NAME = "peer"
_CONFIGURATION = """\
<configuration name="callcenter.conf">
  <settings/>
  <queues>
    <queue name="{name}">
      <param name="strategy" value="longest-idle-agent"/>
      <param name="moh-sound" value="{music}"/>
      <param name="time-base-score" value="system"/>
      <param name="tier-rules-apply" value="false"/>
    </queue>
  </queues>
  <agents>
    <agent name="ivan" type="callback" contact="{contact}" status="Available" max-no-answer="0" wrap-up-time="0"
           reject-delay-time="0" busy-delay-time="0"/>
  </agents>
  <tiers><tier agent="ivan" queue="{name}" level="1" position="1"/></tiers>
</configuration>
"""
_DIALPLAN = """\
<document type="freeswitch/xml"><section name="dialplan"><context name="{name}"><extension name="{name}">
<condition><action application="answer"/><action application="callcenter" data="{name}"/></condition>
</extension></context></section></document>
"""


def why_not(switch: Switch, crowd: Crowd, mobile: str, music: Path) -> str:
    """Set the module up with one agent; "" when it runs, otherwise why it does not."""
    mark = f"leg_{hashlib.sha256(f'leg:{switch.settings.esl_password}'.encode()).hexdigest()[:24]}"
    contact = f"[{mark}=9]sofia/external/sip:{mobile}@127.0.0.1:{crowd.port}"
    text = _CONFIGURATION.format(name=NAME, music=music, contact=contact)
    (switch.home / "conf" / "autoload_configs" / "callcenter.conf.xml").write_text(text)
    switch.esl.api("reloadxml")
    answer = switch.esl.api("load mod_callcenter")
    if "+OK" not in answer:
        return f"FreeSWITCH has no mod_callcenter: {answer.strip()}"
    return "" if NAME in switch.esl.api("callcenter_config queue list") else "mod_callcenter has read no queue"


def times_ms(switch: Switch, crowd: Crowd, callers: int, talks: int) -> list[float]:
    """From the end of each talk to the next ringing of the same phone, while so many callers wait."""
    file = switch.home / "peer.xml"
    file.write_text(_DIALPLAN.format(name=NAME))
    port = switch.add_profile(NAME, NAME, f"XML:{file}")
    assert until(lambda: f"{NAME}" in switch.esl.api("sofia status") and _answers(switch), 30)
    for place in range(callers + 1):
        crowd.call(NAME, f"+38067{place:07}", port)
        time.sleep(0.05)
    assert until(lambda: any(each.state == "talking" for each in crowd.phones.values()), 30), "no phone rang"
    assert until(lambda: sum(each.state == "talking" for each in crowd.callers.values()) > callers, 30)
    return [sent_on_ms(switch, crowd, talk) for talk in range(1, talks)]


def _answers(switch: Switch) -> bool:
    return "RUNNING" in next((line for line in switch.esl.api("sofia status").splitlines() if NAME in line), "")
