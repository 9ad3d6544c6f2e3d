"""What no text of the library may say, and where that comes from."""

from __future__ import annotations

_HUD = "HUD, words named in former 24 CFR 109.20 (withdrawn 1996, still HUD's examples); 42 USC 3604(c)"
_NAR = "word lists of the REALTORS for 42 USC 3604(c), as nysar.com gives them (read 2026-11-21)"
_STEER = "steering: 42 USC 3604(a) and 24 CFR 100.70; who lives somewhere, its schools, its safety"
_CLAIM = "compliance notes, section 7.5: claim words that no template should need"
_SPAM = "carriers' and mailbox providers' filters: urgency, money, shouting"
_CODE = "code says it (own_words.py, mail_footer.py); twice is wrong, and differently is worse"
_VALUE = "a value named by somebody who is no appraiser (USPAP; the states' rules for brokers)"

FORBIDDEN: tuple[tuple[str, str], ...] = (
    (r"(?i)\badult(s)? (building|only|community|living)\b|\bsingles?\b|\bmature (person|couple|adult)s?\b", _HUD),
    (r"(?i)\bno (children|kids)\b|\bchild(ren)?[- ]?free\b|\bempty[- ]nesters?\b|\bbachelors?\b|\bretirees?\b", _HUD),
    (r"(?i)\b(white|black|colou?red|caucasian|oriental|hispanic|latino|asian|african|irish|italian)\b", _HUD),
    (r"(?i)\b(christian|catholic|protestant|jewish|muslim|church|synagogue|mosque|temple|parish)\b", _HUD),
    (r"(?i)\b(handicapped|crippled|able[- ]bodied|healthy only|physically fit|mentally ill)\b", _HUD),
    (
        r"(?i)\b(exclusive|restricted|integrated|private (community|home)|traditional (community|neighbou?rhood))\b",
        _HUD,
    ),
    (r"(?i)\b(male|female|man|men|woman|women|ladies|gentlemen|master bedroom|bachelor pad)\b", _HUD),
    (
        r"(?i)\bfamily[- ](friendly|oriented|home|neighbou?rhood)\b|\b(perfect|ideal|great) for (a )?famil(y|ies)\b",
        _NAR,
    ),
    (r"(?i)\b(newlyweds|responsible|employed|stable|older person|senior(s)? (only|discount)|quiet tenants?)\b", _NAR),
    (r"(?i)\b(good|great|top|best|excellent|rated) schools?\b|\bschool district\b", _STEER),
    (
        r"(?i)\bsafe\b|\blow[- ]crime\b|\b(good|better|nice|desirable|up[- ]and[- ]coming) (area|neighbou?rhood)s?\b",
        _STEER,
    ),
    (r"(?i)\b(people|neighbou?rs) like you\b|\bfit in\b|\bdiverse\b|\bchanging neighbou?rhood\b", _STEER),
    (r"(?i)\bguarantee\w*|\brisk[- ]free\b|\bno risk\b|\b100 ?%|\bapproved\b|\bgovernment\b|\bfinal notice\b", _CLAIM),
    (r"(?i)\bfree\b|\bcash\b|\bdeal\b|\bdiscount\b|\bprize\b|\bwinner\b|\bcheap\b|\bsave money\b|[$€£]", _SPAM),
    (
        r"\bact now\b|\burgent\b|\bhurry\b|\blimited\b|\blast chance\b|\bdon't miss\b|\bonly today\b|\bclick here\b",
        _SPAM,
    ),
    (r"!|\b[A-Z]{4,}\b", _SPAM),
    (r"(?i:\bunsubscribe\b|\bopt[- ]?out\b|\bmsg ?& ?data\b|\bpostal address\b)|\bSTOP\b|\bHELP\b", _CODE),
    (r"(?i)\b(an?|the) AI assistant calling\b|\b(is|be|being) recorded\b|\bI am an AI\b", _CODE),
    (r"(?i)\bworth\b|\bappraised\b|\byour home('s)? value\b|\btop dollar\b|\bbest price\b", _VALUE),
)
"""`(pattern, source)`. Money signs and shouting are filters' business, the rest is law or plain truth."""
