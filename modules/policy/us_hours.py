"""When a state lets a person be texted or called: one row a rule, each with its source, its date and a grade.

Grades say how much was read. A: the statute itself. A-old: an old copy of it. B: a law firm's or an office's summary
that cites it. C: a vendor's table alone. D: from memory. F: nobody has looked for a rule beyond the federal one. All
are applied, because a wrong guess must cost a late text and never a forbidden one; C, D and F are never shown as law
(`sentence_of`). Where two rules speak of one state, both hold. Put together on 2026-11-20 for counsel to sign; the
texts, and what is disputed about them, are named row by row.
"""

from datetime import date

from modules.policy.models import Reach, Rule, Span
from modules.policy.us_states import UNKNOWN

REVIEWED_ON = date(2026, 11, 20)

EVERY, AI = Reach.every, Reach.ai_voice
_FULL = "08:00-21:00"
_VENDOR = "table of the vendor dropcowboy.com"


def _span(text: str) -> Span | None:
    if text == "none":
        return None
    begin, end = ((int(part[:2]), int(part[3:])) for part in text.split("-"))
    return begin[0] * 60 + begin[1], end[0] * 60 + end[1]


def _rule(
    state: str,
    reach: Reach,
    hours: str,
    saturday: str = "",
    sunday: str = "",
    *,
    grade: str,
    source: str,
    dated: str,
    name: str = "",
    on_holidays: str = "",
    most: int | None = None,
    no_ai_voice: bool = False,
    clock: str | None = None,
    note: str = "",
) -> Rule:
    week = (hours,) * 5 + (saturday or hours, sunday or saturday or hours)
    return Rule(
        name=name or f"{state.lower()}_{reach}",
        state=state,
        reach=reach,
        days=tuple(_span(day) for day in week),
        knows_holidays=bool(on_holidays),
        on_holidays=_span(on_holidays or "none"),
        most_a_day=most,
        forbids_ai_voice=no_ai_voice,
        clock=clock,
        source=source,
        dated=dated,
        grade=grade,
        note=note,
    )


# fmt: off
_STATED = (
    _rule("US", EVERY, _FULL, grade="B", source="47 CFR 64.1200(c)(1)", dated="2025",
          note="the floor under every state; applied to texts and with consent too, though courts differ"),
    _rule(UNKNOWN, EVERY, _FULL, _FULL, "none", grade="D", source="strictest Sunday of any state", dated="2026-11-20",
          note="a number that tells no state may be in any"),
    _rule(UNKNOWN, AI, "09:00-17:00", "none", "none", grade="D", source="strictest hours of the states that allow it",
          dated="2026-11-20", note="a number that tells no state may be in any"),
    _rule("AL", EVERY, "08:00-20:00", "08:00-20:00", "none", grade="C", source=_VENDOR, dated="2025-11-01",
          on_holidays="none", note="dnc.com says that the rule behind it binds telephone companies only"),
    _rule("CA", AI, "09:00-21:00", grade="A", source="Cal. Pub. Util. Code 2872(c)", dated="2024-09-20",
          note="whether a conversing AI counts as such a device is open"),
    _rule("CT", EVERY, "09:00-20:00", grade="A", source="Conn. Gen. Stat. 42-288a(c), P.A. 23-98", dated="2023-10-01"),
    _rule("FL", EVERY, "08:00-20:00", grade="A", source="Fla. Stat. 501.616(6)", dated="2021-07-01", most=3,
          note="three a day to one person about one subject, whatever the number"),
    _rule("IL", EVERY, _FULL, grade="C", source=_VENDOR, dated="2025-11-01"),
    _rule("IL", AI, "09:00-21:00", grade="D", source="815 ILCS 305/15", dated="1999",
          note="the text on hours was cut off where it was read"),
    _rule("IN", AI, "09:00-20:00", grade="D", source="Ind. Code 24-5-14-8", dated="undated"),
    _rule("KY", EVERY, "10:00-21:00", grade="C", source=_VENDOR, dated="2025-11-01",
          note="KRS 367.46955: its clause on hours was cut off; KRS 367.461 begins at eight"),
    _rule("LA", EVERY, "08:00-20:00", "08:00-20:00", "none", grade="B",
          source="La. PSC General Order R-29617 V(A), R.S. 45:844.31", dated="2023", on_holidays="none",
          note="with consent too; the governor may add holidays"),
    _rule("MA", EVERY, "08:00-20:00", grade="A", source="201 CMR 12.02", dated="2024-09-27"),
    _rule("MD", EVERY, "08:00-20:00", grade="B", source="Maryland Stop the Spam Calls Act", dated="2024-01-01", most=3),
    _rule("ME", AI, "09:00-17:00", "none", "none", grade="A-old", source="10 M.R.S.A. 1498(3)", dated="2003",
          note="as recited in a bill of that year"),
    _rule("MI", EVERY, "09:00-21:00", grade="C", source=_VENDOR, dated="2025-11-01"),
    _rule("MN", EVERY, "09:00-21:00", grade="C", source=_VENDOR, dated="2025-11-01"),
    _rule("MN", AI, "09:00-21:00", grade="D", source="Minn. Stat. 325E.30", dated="2016-04-21"),
    _rule("MS", EVERY, _FULL, _FULL, "none", grade="B", source="Miss. Code 77-3-723(1), 77-3-603(a)",
          dated="2024-06-03", clock="America/Chicago"),
    _rule("MS", EVERY, "08:00-20:00", "08:00-20:00", "none", grade="C", source=_VENDOR, dated="2025-11-01",
          name="ms_any_evening", note="one hour less than the statute as quoted"),
    _rule("NE", AI, _FULL, _FULL, "13:00-21:00", grade="A", source="Neb. Rev. Stat. 86-244, 291 NAC 11", dated="2025",
          on_holidays="13:00-21:00", no_ai_voice=True,
          note="no such calls to mobiles; a number does not tell whether it is one. The hours are from a summary"),
    _rule("NM", EVERY, "09:00-21:00", grade="C", source=_VENDOR, dated="2025-11-01"),
    _rule("NV", EVERY, "09:00-20:00", grade="C", source=_VENDOR, dated="2025-11-01"),
    _rule("NV", AI, "09:00-21:00", grade="A-old", source="NRS 597.814", dated="undated"),
    _rule("OK", EVERY, "08:00-20:00", grade="B", source="15 O.S. 775C (HB 3168)", dated="2022-11-01", most=3),
    _rule("OK", AI, "09:00-21:00", grade="A-old", source="15 O.S. 755.1", dated="undated"),
    _rule("OR", EVERY, "08:00-20:00", grade="B", source="Oregon HB 3865", dated="2026-01-01", most=3),
    _rule("PA", EVERY, _FULL, grade="B", source="73 P.S. 2245(a)(10), Act 73 of 2019", dated="2019-12-03",
          on_holidays="none"),
    _rule("RI", EVERY, "09:00-18:00", "10:00-17:00", "none", grade="A", source="R.I. Gen. Laws 5-61-2(2), 5-61-3.6",
          dated="undated", on_holidays="none"),
    _rule("SC", AI, "08:00-19:00", grade="D", source="no text read", dated="undated"),
    _rule("SD", AI, "09:00-21:00", "none", "none", grade="A-old", source="SDCL 37-30-28", dated="1991",
          note="may reach texts too: for counsel"),
    _rule("TX", EVERY, "09:00-21:00", "09:00-21:00", "12:00-21:00", grade="B",
          source="Tex. SB 140, Bus. & Com. Code ch. 301-305", dated="2025-09-01", clock="America/Chicago",
          note="sources differ on whose clock: both are kept"),
    _rule("UT", EVERY, _FULL, _FULL, "none", grade="A", source="Utah Code 13-25a-103(3)", dated="2025-01-01",
          on_holidays="none", note="express consent may lift it; not used"),
    _rule("VA", EVERY, _FULL, grade="C", source="a summary of Va. Code 59.1-511", dated="2026-01-01"),
    _rule("WA", EVERY, "08:00-20:00", grade="D", source="RCW 80.36.390, its clause on hours not reached", dated="2025"),
    _rule("WA", AI, "none", grade="B", source="RCW 80.36.400, HB 1051", dated="2023-07-23",
          no_ai_voice=True),
    _rule("WY", EVERY, "08:00-20:00", grade="D", source="no text read", dated="undated"),
    _rule("WY", AI, "none", grade="A", source="Wyo. Stat. 40-12-303", dated="2016",
          no_ai_voice=True),
)
# fmt: on

# fmt: off
_UNREAD = (
    "AK", "AR", "AS", "AZ", "CA", "CO", "DC", "DE", "GA", "GU", "HI", "IA", "ID", "IN", "KS", "ME", "MO", "MP", "MT",
    "NC", "ND", "NE", "NH", "NJ", "NY", "OH", "PR", "SC", "SD", "TN", "VI", "VT", "WI", "WV",
)
# fmt: on

RULES: tuple[Rule, ...] = _STATED + tuple(
    _rule(state, EVERY, _FULL, grade="F", source="the federal hours; nothing of the state was read", dated="2026-11-20")
    for state in _UNREAD
)
