"""The small page behind an unsubscribe link. It works without a script, keeps no cookie, loads nothing.

The button posts what a mailbox provider posts (RFC 8058, section 3.1), and `page` so that a person gets an answer.
"""

import base64
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from html import escape

from modules.content.own_words import Language


class Said(StrEnum):
    """What the page says."""

    ask = "ask"
    done = "done"
    gone = "gone"
    lost = "lost"
    unclear = "unclear"
    busy = "busy"


@dataclass(frozen=True)
class _Words:
    title: str
    text: str


_BUTTON = {Language.en: "Unsubscribe", Language.es: "Darme de baja", Language.fr: "Me désabonner"}
_WORDS = {
    Language.en: {
        Said.ask: _Words("Unsubscribe?", "{brand} will send no more e-mails to {address}."),
        Said.done: _Words("You are unsubscribed", "{brand} will send no more e-mails to {address}."),
        Said.gone: _Words("This address is deleted", "If e-mails still come, please use the link in the newest one."),
        Said.lost: _Words("This link is not complete", "Please open it again from the e-mail, or answer: unsubscribe."),
        Said.unclear: _Words("Nothing was changed", "Please open the link in the e-mail and press the button there."),
        Said.busy: _Words("Please try again", "Nothing was changed yet. We could not be reached for a moment."),
    },
    Language.es: {
        Said.ask: _Words("¿Darse de baja?", "{brand} no enviará más correos a {address}."),
        Said.done: _Words("Su baja queda hecha", "{brand} no enviará más correos a {address}."),
        Said.gone: _Words("Esta dirección está borrada", "Si aún recibe correos, use el enlace del más reciente."),
        Said.lost: _Words(
            "Este enlace no está completo", "Ábralo de nuevo desde el correo, o responda al correo: baja."
        ),
        Said.unclear: _Words("No se ha cambiado nada", "Abra el enlace del correo y pulse allí el botón."),
        Said.busy: _Words("Inténtelo de nuevo", "Todavía no se ha cambiado nada. El servicio no respondió."),
    },
    Language.fr: {
        Said.ask: _Words("Se désabonner ?", "{brand} n’enverra plus d’e-mails à {address}."),
        Said.done: _Words("Vous êtes désabonné", "{brand} n’enverra plus d’e-mails à {address}."),
        Said.gone: _Words(
            "Cette adresse est supprimée", "Si vous recevez encore des e-mails, utilisez le lien du dernier."
        ),
        Said.lost: _Words(
            "Ce lien n’est pas complet", "Ouvrez-le à nouveau depuis l’e-mail, ou répondez : se désabonner."
        ),
        Said.unclear: _Words("Rien n’a été changé", "Ouvrez le lien de l’e-mail et appuyez sur le bouton."),
        Said.busy: _Words("Veuillez réessayer", "Rien n’a encore été changé. Le service n’a pas répondu."),
    },
}
_STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0;background:#f5f6f8;color:#1c2530;font:17px/1.6 system-ui,-apple-system,'Segoe UI',sans-serif}"
    "main{box-sizing:border-box;max-width:34rem;margin:12vh auto;padding:2rem;overflow-wrap:anywhere}"
    "h1{margin:0 0 .75rem;font-size:1.6rem;line-height:1.25}p{margin:0 0 1.5rem}"
    "button{min-height:3rem;padding:0 1.75rem;border:0;border-radius:.5rem;background:#1d4ed8;color:#fff;"
    "font:inherit;font-weight:600;cursor:pointer}"
    "button:focus-visible{outline:3px solid #f59e0b;outline-offset:3px}"
    "@media (prefers-color-scheme:dark){body{background:#12161c;color:#e8ecf1}button{background:#9db8ff;color:#0d1420}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
PAGE_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",  # the address of the page is the key to it
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


def unsubscribe_page(said: Said, language: Language, brand: str = "", address: str = "") -> str:
    """The page as HTML. `brand` and `address` are for `ask` and `done`; the address is shown masked."""
    words = _WORDS[language][said]
    title = escape(words.title)
    text = words.text.format(brand=f"<bdi>{escape(brand)}</bdi>", address=f"<b dir='ltr'>{escape(mask(address))}</b>")
    form = (
        "<form method='post'><input type='hidden' name='List-Unsubscribe' value='One-Click'>"
        f"<input type='hidden' name='page' value='1'><button>{escape(_BUTTON[language])}</button></form>"
        if said is Said.ask
        else ""
    )
    return (
        f"<!doctype html><html lang='{language}'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{title}</h1><p>{text}</p>{form}</main></body></html>"
    )


def mask(address: str) -> str:
    """a•••@example.com: the reader knows it again, whoever looks over a shoulder does not."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}" if at else ""
