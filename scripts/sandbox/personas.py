"""Who answers the telephone: how a person behaves is fixed by a test, or drawn by seed and address."""

from scripts.sandbox.profiles import Chance
from scripts.sandbox.world import World

VOICE_MIX = (
    Chance("answers", 0.60),
    Chance("voicemail", 0.15),
    Chance("no_answer", 0.10),
    Chance("busy", 0.05),
    Chance("silent", 0.04),
    Chance("opts_out", 0.03),
    Chance("books", 0.03),
)
VOICE_PERSONAS = (*(chance.name for chance in VOICE_MIX), "screener")
TEXT_ONLY = ("normal", "replies", "bounces", "unsubscribes", "clicks")


def known_persona(name: str) -> str:
    """The name itself; ValueError for one that nobody has: a misspelt persona must not silently be drawn."""
    if name not in (*VOICE_PERSONAS, *TEXT_ONLY):
        raise ValueError(f"there is no persona '{name}'; choose one of {', '.join((*VOICE_PERSONAS, *TEXT_ONLY))}")
    return name


def voice_persona(world: World, number: str) -> str:
    """How this number takes a call. A persona that only says how somebody writes answers the telephone as most do."""
    fixed = world.personas.get(number.lower())
    if fixed in VOICE_PERSONAS:
        return fixed
    if fixed in TEXT_ONLY:
        return "answers"
    mark, reached = world.draw.number("persona", "voice", number), 0.0
    for chance in VOICE_MIX:
        reached += chance.share
        if mark < reached:
            return chance.name
    return "answers"
