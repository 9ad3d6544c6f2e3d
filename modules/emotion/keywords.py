"""Words that alone are a whole message with one meaning, whatever was asked before."""

import re

from modules.emotion.models import Command

STRONG = frozenset(
    {
        *("stop", "stopall", "stop all", "unsubscribe", "unsubscribe all", "optout", "unsub", "revoke", "quit"),
        *("stopp", "stpo", "sotp", "dtop", "ztop", "stip", "stpp", "sttop", "syop", "stopit", "stop it", "stop now"),
        *("remove me", "delete me", "make it stop", "alto", "basta", "ya basta", "arretez", "desabonner"),
        *("desabonnement", "desinscription", "desinscrire", "desinscribir", "desuscribir", "desuscribirme"),
        *("detener", "detengase", "detenganse", "darme de baja", "dar de baja", "dame de baja", "deme de baja"),
        *("desabonnez moi", "desinscrivez moi", "стоп"),
    }
)
"""Yes also as one thought among others. 47 CFR 64.1200(a)(10) names stop, quit, end, revoke, opt out, cancel and
unsubscribe (89 FR 15756, 5 March 2024; in force 11 April 2025); Twilio adds stopall (Advanced Opt-Out, read
2026-11-20); the rest are their variants and their Spanish and French."""

WEAK = frozenset(
    {
        *("end", "cancel", "cancel all", "remove", "delete", "para", "pare", "paren", "parar", "baja", "fin"),
        *("cancelar", "cancela", "cancele", "terminar", "salir", "borrar", "arret", "annuler", "annulez", "quitter"),
        *("no mas", "ya no mas", "nomas", "arreter", "arrete"),
        *("terminer", "resilier", "supprimer", "end all", "end it", "end this", "stop thank you"),
        *("reply stop", "text stop", "txt stop", "send stop", "stop to end", "stop2end", "revoke consent", "dnc"),
        *("cease", "desist", "discontinue", "block", "blocked", "reported"),
        *("eliminar", "eliminarme", "eliminame", "eliminenme", "remueveme", "remuevame", "removerme", "quitar"),
        *("quitarme", "borrarme", "suspender", "cancelar suscripcion", "cancelar la suscripcion"),
        *("anular suscripcion", "anular la suscripcion"),
    }
)
"""Yes only when there is nothing else: within a sentence they are about appointments, prices and months."""

START = frozenset(
    {"start", "unstop", "resubscribe", "subscribe", "opt in", "optin", "opt me in", "iniciar", "suscribir", "commencer"}
)
"""What networks read as coming back. For us only a new consent of the person opens what they closed; a bare "yes" is in
no list, because it answers a question."""

HELP = frozenset({"help", "info", "ayuda", "aide"})

_SPANISH = frozenset(
    {
        *("alto", "basta", "baja", "detener", "detengase", "detenganse", "para", "pare", "paren", "parar", "mas"),
        *("nomas", "cancelar", "cancela", "cancele", "terminar", "salir", "borrar", "desinscribir", "desuscribir"),
        *("desuscribirme", "iniciar", "suscribir", "ayuda", "gracias", "porfa", "eliminar", "eliminarme", "eliminame"),
        *("eliminenme", "remueveme", "remuevame", "removerme", "quitar", "quitarme", "borrarme", "suspender", "anular"),
        *("suscripcion", "quiero"),
    }
)
_FRENCH = frozenset(
    {
        *("arret", "arreter", "arrete", "arretez", "annuler", "annulez", "quitter", "terminer", "resilier"),
        *("supprimer", "desabonner", "desabonnement", "desabonnez", "desinscription", "desinscrire", "desinscrivez"),
        *("commencer", "aide", "merci", "svp"),
    }
)

_POLITE = (
    r"please|pls|plz|plse|kindly|thanks|thank you|thx|ty|now|por favor|porfa|gracias|svp|stp|sil vous plait"
    r"|sil te plait|merci"
)
_FILL = (
    rf"{_POLITE}|ok|okay|okey|hi|hello|hey|just|right now|sorry|already|immediately|asap|at once|sir|maam|bro"
    r"|dude|man|i said|omg|wtf|ffs|lol|but|and|yes|well|ya|hola|ahora|bonjour|maintenant"
)
_DIGITS = re.compile(r"(?<![^\W\d_])\d+|\d+(?![^\W\d_])")


def _without(fill: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:{fill}) )+|(?: (?:{fill}))+$")


_COURTESIES, _FILLERS = _without(_POLITE), _without(_FILL)


def _letters(words: str) -> str:
    """Without thoughts' ends, and without numbers at words ("1. stop", "stop2")."""
    return " ".join(_DIGITS.sub(" ", words.replace(".", " ")).split())


def is_keyword(plain: str) -> bool:
    """The whole text is one keyword, or one said again and again; courtesies beside it do not matter."""
    words = _letters(plain)
    polite, core = _COURTESIES.sub("", words), _FILLERS.sub("", words)
    if polite in WEAK or {words.replace(" ", ""), polite, core} & STRONG:
        return True
    return bool(core) and set(core.split()) <= STRONG


def is_strong_keyword(plain: str) -> bool:
    """One thought of the text is nothing but a strong keyword."""
    return any(
        {part, core} & STRONG or (core and set(core.split()) <= STRONG)
        for part in plain.split(" . ")
        for core in [_FILLERS.sub("", part)]
    )


def is_weak_keyword(plain: str) -> bool:
    """The whole text is a keyword that means something else in answer to a question that was spoken."""
    words = _letters(plain)
    return _COURTESIES.sub("", words) in WEAK


def command_in(plain: str) -> Command | None:
    if plain in START:
        return Command.start
    return Command.help if plain in HELP else None


def keyword_language(plain: str) -> str | None:
    """`es` or `fr` when one of the words is a keyword of that language alone; None says nothing."""
    words = set(_letters(plain).split())
    return "es" if words & _SPANISH else "fr" if words & _FRENCH else None
