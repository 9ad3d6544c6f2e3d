"""Which words of an agreement name calls by an artificial voice; the words decide, not a tick in a form."""

import pytest

from modules.consents import covers_ai_voice

COVERED = [
    "I agree to texts, calls (also by an AI voice) and e-mails about my request. Reply STOP to opt out.",
    "I agree to receive marketing calls and texts from Acme using an automatic dialing system or an artificial or "
    "prerecorded voice.",
    "By checking this box I consent to artificial or pre-recorded voice messages from Acme at this number.",
    "You may call me with automated or prerecorded calls.",
    "I agree that Acme may text me and call me with an artificial or prerecorded (AI) voice.",
    "I agree to calls with an artificial (“AI”) voice.",
    "I agree to be called by an AI assistant.",
    "Calls may be made using artificial intelligence.",
    "Calls may be placed by an automated agent.",
    "Consent is not a condition of purchase. I agree to calls with an artificial voice.",
    "I agree to calls with an artificial voice, which is not a condition of any purchase.",
    "I agree to AI-generated voice calls.",
    "Acepto llamadas con voz artificial o pregrabada.",
    "Acepto llamadas automáticas de Acme.",
    "J’accepte les appels automatisés et les messages à voix artificielle.",
]
NOT_COVERED = [
    "I agree to be texted.",
    "I agree to texts and calls from Acme.",
    "I agree to hear from Acme by phone.",
    "I agree to automated texts from Acme.",
    "Yes",
    "A voice from Acme may call me.",
    "I said yes on the phone to a call about my house.",
    "Acepto mensajes automáticos.",
    "J'accepte les messages automatiques.",
    "I agree to calls and texts made using an automated telephone dialing system.",
    "I consent to receive calls and texts from Acme sent using automated technology.",
    "I agree to receive calls from Acme AI about my order.",
    "I agree to calls from a person. Acme will never use an artificial or prerecorded voice.",
    "I agree to receive texts; I do not agree to AI calls.",
    "I agree to calls without any automated voice.",
    "I agree to calls (but not with an AI voice).",
    "No acepto llamadas automáticas.",
    "Je n'accepte pas les appels automatisés.",
    "",
]


@pytest.mark.parametrize("wording", COVERED)
def test_these_words_cover_a_call_by_an_ai(wording: str) -> None:
    assert covers_ai_voice(wording)
    assert covers_ai_voice(wording.upper())


@pytest.mark.parametrize("wording", NOT_COVERED)
def test_these_words_do_not(wording: str) -> None:
    assert not covers_ai_voice(wording)
