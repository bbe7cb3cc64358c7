"""The same call by hand: what an engineer writes without this project, for `bench_switch` to compare with.

`LEAST` is the least that rings a phone, with the caller's number; `USUAL` shows the company's, as the scheme does.
`PROTECTIONS` is what a release gives every call beside, in the usual way of writing: a clean caller, no redirects, our
own hangup causes; `LIMITS` are the flood limits.
"""

from __future__ import annotations

from support.switchbed.switch import Switch

BARE, USUALLY, CAREFUL, LIMITED = "+380800330531", "+380800330534", "+380800330532", "+380800330533"
NAMES = {
    BARE: "by hand, the barest",
    USUALLY: "by hand, as usually written",
    CAREFUL: "by hand, as protected",
    LIMITED: "by hand, as protected and limited",
}
BY_HAND = """\
<include>
  <context name="by_hand">
{extensions}
  </context>
</include>
"""
EXTENSION = """\
    <extension name="{name}">
      <condition field="destination_number" expression="^\\+?{digits}$">
{actions}
      </condition>
    </extension>
"""
#: The fixed dialplan of a node ends legs without this mark.
MARK = "${{routing_leg}}=9"
BRIDGE = f"bridge {{{{ignore_early_media=true}}}}[leg_timeout=20,{MARK}]sofia/gateway/main/{{phone}}"
#: The least that rings the phone.
LEAST = ["set continue_on_fail=true", "set hangup_after_bridge=true", BRIDGE, "hangup NO_ANSWER"]
#: The same call: the company's number outside.
USUAL = [
    *LEAST[:2],
    "set effective_caller_id_number={shown}",
    "set effective_caller_id_name={shown}",
    *LEAST[2:],
]
#: The same protections as a release's: a clean caller, no redirects, our own causes, the company's number outside.
HYGIENE = """\
    <extension name="caller" continue="true">
      <condition field="destination_number" expression="^\\+?(?:{careful}|{limited})$"/>
      <condition field="${{sip_Privacy}}" expression="^(?!.*(?:id|user|full|critical))"/>
      <condition field="caller_id_number" expression="^(?:\\+|00)?([1-9]\\d{{6,14}})$">
        <action application="set" data="caller=+$1" inline="true"/>
        <action application="set" data="effective_caller_id_number=+$1"/>
        <action application="set" data="effective_caller_id_name=+$1"/>
        <anti-action application="set" data="caller=anonymous" inline="true"/>
        <anti-action application="set" data="effective_caller_id_number=anonymous"/>
        <anti-action application="set" data="effective_caller_id_name=anonymous"/>
      </condition>
    </extension>
"""
PROTECTIONS = [
    "set sip_copy_custom_headers=false",
    "set sip_ignore_remote_cause=true",
    "export nolocal:outbound_redirect_fatal=true",
    *LEAST[:2],
    "bridge {{ignore_early_media=true,originate_timeout=30}}[leg_timeout=20,origination_caller_id_number={shown},"
    f"origination_caller_id_name={{shown}},sip_cid_type=none,{MARK}]sofia/gateway/main/{{phone}}",
    LEAST[-1],
]
LIMITS = [
    "limit hash caller_rate ${{caller}} 100000/60 !CALL_REJECTED",
    "limit hash caller ${{caller}} 1000 !CALL_REJECTED",
    "limit hash number_rate {shown} 100000/60 !SWITCH_CONGESTION",
    "limit hash number {shown} 1000 !SWITCH_CONGESTION",
]


def add_by_hand(switch: Switch, phone: str, shown: str) -> int:
    """Load the hand-written context and start the profile whose calls it takes; returns that profile's port."""
    words = {"phone": phone, "shown": shown, "careful": CAREFUL[1:], "limited": LIMITED[1:]}
    plans = {BARE: LEAST, USUALLY: USUAL, CAREFUL: PROTECTIONS, LIMITED: LIMITS + PROTECTIONS}
    extensions = [HYGIENE.format(**words)]
    for number, actions in plans.items():
        lines = [action.format(**words).partition(" ") for action in actions]
        listed = "\n".join(f'<action application="{name}" data="{data}"/>' for name, _, data in lines)
        extensions.append(EXTENSION.format(name=NAMES[number], digits=number[1:], actions=listed))
    conf = switch.home / "conf"
    (conf / "dialplan" / "by_hand.xml").write_text(BY_HAND.format(extensions="\n".join(extensions)))
    return switch.add_profile("by_hand", "by_hand", "XML")
