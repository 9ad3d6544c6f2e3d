"""The states and territories: their names, the zones they lie in, and their area codes.

Area codes by state as phonenumbers 9.0.43 places them (its geocoder's words for each code, read 2026-11-21; for a few
codes of Connecticut, Texas, New York, Alabama and the islands it has none). Zones by state as the zip codes of zipcodes
3.0.0 lie, one name for zones with the same clock. A test holds both against the libraries.
"""

from dataclasses import dataclass
from types import MappingProxyType

UNKNOWN = "unknown"
"""Stands among a person's states when a number tells none; it has rules of its own, and nothing takes it away."""


@dataclass(frozen=True)
class State:
    code: str
    name: str
    zones: frozenset[str]
    area_codes: frozenset[str]


def _state(code: str, name: str, zones: str, area_codes: str) -> State:
    return State(code, name, frozenset(zones.split()), frozenset(area_codes.split()))


_ALL = (
    _state("AK", "Alaska", "America/Anchorage America/Adak", "907"),
    _state("AL", "Alabama", "America/Chicago", "205 251 256 334 658 659 938"),
    _state("AR", "Arkansas", "America/Chicago", "327 479 501 870"),
    _state("AS", "American Samoa", "Pacific/Pago_Pago", "684"),
    _state("AZ", "Arizona", "America/Phoenix America/Denver", "480 520 602 623 928"),
    _state(
        "CA",
        "California",
        "America/Los_Angeles",
        "209 213 279 310 323 341 350 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 669 707 714 738 747 "
        "760 805 818 820 831 840 858 909 916 925 949 951",
    ),
    _state("CO", "Colorado", "America/Denver", "303 719 720 748 970 983"),
    _state("CT", "Connecticut", "America/New_York", "203 475 860 959"),
    _state("DC", "District of Columbia", "America/New_York", "202 771"),
    _state("DE", "Delaware", "America/New_York", "302"),
    _state(
        "FL",
        "Florida",
        "America/New_York America/Chicago",
        "239 305 321 324 352 386 407 448 561 645 656 689 727 728 754 772 786 813 850 863 904 941 954",
    ),
    _state("GA", "Georgia", "America/New_York", "229 404 470 478 678 706 762 770 912 943"),
    _state("GU", "Guam", "Pacific/Guam", "671"),
    _state("HI", "Hawaii", "Pacific/Honolulu", "808"),
    _state("IA", "Iowa", "America/Chicago", "319 515 563 641 712"),
    _state("ID", "Idaho", "America/Denver America/Los_Angeles", "208 986"),
    _state("IL", "Illinois", "America/Chicago", "217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 872"),
    _state("IN", "Indiana", "America/New_York America/Chicago", "219 260 317 463 574 765 812 930"),
    _state("KS", "Kansas", "America/Chicago America/Denver", "316 620 785 913"),
    _state("KY", "Kentucky", "America/New_York America/Chicago", "270 364 502 606 859"),
    _state("LA", "Louisiana", "America/Chicago", "225 318 337 504 985"),
    _state("MA", "Massachusetts", "America/New_York", "339 351 413 508 617 774 781 857 978"),
    _state("MD", "Maryland", "America/New_York", "227 240 301 410 443 667"),
    _state("ME", "Maine", "America/New_York", "207"),
    _state("MI", "Michigan", "America/New_York America/Chicago", "231 248 269 313 517 586 616 734 810 906 947 989"),
    _state("MN", "Minnesota", "America/Chicago", "218 320 507 612 651 763 952"),
    _state("MO", "Missouri", "America/Chicago", "235 314 417 557 573 636 660 816 975"),
    _state("MP", "Northern Mariana Islands", "Pacific/Guam", "670"),
    _state("MS", "Mississippi", "America/Chicago", "228 601 662 769"),
    _state("MT", "Montana", "America/Denver", "406"),
    _state("NC", "North Carolina", "America/New_York", "252 336 472 704 743 828 910 919 980 984"),
    _state("ND", "North Dakota", "America/Chicago America/Denver", "701"),
    _state("NE", "Nebraska", "America/Chicago America/Denver", "308 402 531"),
    _state("NH", "New Hampshire", "America/New_York", "603"),
    _state("NJ", "New Jersey", "America/New_York", "201 551 609 640 732 848 856 862 908 973"),
    _state("NM", "New Mexico", "America/Denver", "505 575"),
    _state("NV", "Nevada", "America/Los_Angeles", "702 725 775"),
    _state(
        "NY",
        "New York",
        "America/New_York",
        "212 315 329 332 347 363 516 518 585 607 631 646 680 716 718 838 845 914 917 929 934",
    ),
    _state("OH", "Ohio", "America/New_York", "216 220 234 283 326 330 380 419 440 513 567 614 740 937"),
    _state("OK", "Oklahoma", "America/Chicago", "405 539 572 580 918"),
    _state("OR", "Oregon", "America/Los_Angeles America/Denver", "458 503 541 971"),
    _state("PA", "Pennsylvania", "America/New_York", "215 223 267 272 412 445 484 570 582 610 717 724 814 835 878"),
    _state("PR", "Puerto Rico", "America/Puerto_Rico", "787 939"),
    _state("RI", "Rhode Island", "America/New_York", "401"),
    _state("SC", "South Carolina", "America/New_York", "803 821 839 843 854 864"),
    _state("SD", "South Dakota", "America/Chicago America/Denver", "605"),
    _state("TN", "Tennessee", "America/Chicago America/New_York", "423 615 629 731 865 901 931"),
    _state(
        "TX",
        "Texas",
        "America/Chicago America/Denver",
        "210 214 254 281 325 346 361 409 430 432 469 512 682 713 726 737 806 817 830 832 903 915 936 940 945 956 "
        "972 979",
    ),
    _state("UT", "Utah", "America/Denver", "385 435 801"),
    _state("VA", "Virginia", "America/New_York", "276 434 540 571 686 703 757 804 826 948"),
    _state("VI", "U.S. Virgin Islands", "America/Puerto_Rico", "340"),
    _state("VT", "Vermont", "America/New_York", "802"),
    _state("WA", "Washington", "America/Los_Angeles", "206 253 360 425 509 564"),
    _state("WI", "Wisconsin", "America/Chicago", "262 274 353 414 534 608 715 920"),
    _state("WV", "West Virginia", "America/New_York", "304 681"),
    _state("WY", "Wyoming", "America/Denver", "307"),
)

STATES = MappingProxyType({one.code: one for one in _ALL})
STATE_OF_AREA = MappingProxyType({area: one.code for one in _ALL for area in one.area_codes})

CONTIGUOUS = frozenset({"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"})
ANYWHERE = CONTIGUOUS | {"America/Anchorage", "Pacific/Honolulu"}

MISSED_ZONES = MappingProxyType(
    {
        "364": frozenset({"America/Chicago"}),  # lies over 270: Bowling Green
        "402": frozenset({"America/Denver"}),  # Cherry County
        "432": frozenset({"America/Denver"}),  # Culberson and Hudspeth counties
        "448": frozenset({"America/Chicago"}),  # lies over 850: Pensacola
        "458": frozenset({"America/Denver"}),  # lies over 541: Malheur County
        "531": frozenset({"America/Denver"}),  # lies over 402
        "689": frozenset({"America/New_York"}),  # Orlando, which the library puts into Central time
        "930": frozenset({"America/Chicago"}),  # lies over 812: Evansville
    }
)
"""Zones under an area code that the library's prefixes leave out (found by zip codes, 2026-11-21)."""

_ALSO = {"US Virgin Islands": "VI", "Virgin Islands": "VI", "Washington DC": "DC", "Washington, D.C.": "DC"}


def _plain(text: str) -> str:
    return " ".join(text.replace(".", " ").replace(",", " ").split()).casefold()


_BY_NAME = MappingProxyType(
    {_plain(one.name): one.code for one in _ALL} | {_plain(name): code for name, code in _ALSO.items()}
)


def state_code(text: str) -> str | None:
    """Two letters for a state written as a code or by its name; None for anything else."""
    plain = _plain(text)
    code = plain.replace(" ", "").upper()
    return code if code in STATES else _BY_NAME.get(plain)
