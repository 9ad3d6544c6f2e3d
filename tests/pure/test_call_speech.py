"""Whether a person was heard on a call, or only a machine that takes calls."""

import pytest

from modules.channels.call_speech import Heard, hear

BOT, USER = ("bot", "Hello, this is Acme."), ("user", "Yes, hello.")
MACHINES = [
    "You have reached my voicemail. Please leave a message after the tone.",
    "Hi, you've reached Ada. I'm not able to come to the phone right now.",
    "The person you are calling uses a screening service. Please say your name and why you are calling.",
    "Hi, if you record your name and reason for calling, I’ll see if this person is available.",
    "Your call has been forwarded to an automatic voice message system.",
    "The mailbox is full.",
    "Press 1 to continue.",
    "Hi, this is John. I can't come to the phone right now. Please leave your name and number and I'll call you back.",
    "Hey, it's Mike, sorry I missed you. Leave your name, number and why you called.",
    "You've reached 555 0100. Please leave me your number.",
    "I'm unable to take your call right now.",
    "I’m away from my phone. I'll get back to you as soon as I can.",
    "The subscriber you have dialed is not available.",
    "Your call cannot be completed as dialed.",
    "Thank you for calling. Our offices are currently closed.",
    "Deje su mensaje después del tono.",
    "El número que usted marcó no está disponible.",
]
PEOPLE = [
    "Yes, this is me.",
    "Yes, tomorrow at ten works for me. Please book it.",
    "Stop calling me.",
    "What is the reason for your call?",
    "My number is 555 0100, the person to ask is Bob.",
    "I got your voicemail, thanks. I listened to your voicemail.",
    "I can't talk right now, call me tomorrow.",
    "Sorry I missed your call. I'll get back to you as soon as I can.",
    "You've reached the right person.",
    "I can't take Monday, but Tuesday works.",
    "No",
    "Ja, gern!",
    "好的",
]


@pytest.mark.parametrize("words", MACHINES)
def test_a_machine_in_the_last_words_is_no_person(words: str) -> None:
    heard = ("user", words)
    for turns in ([BOT, heard], [heard, BOT], [USER, BOT, heard], [heard, heard]):
        assert hear([turns], None) is Heard.machine


@pytest.mark.parametrize("words", MACHINES)
def test_a_person_who_comes_on_the_line_behind_a_machine_is_one(words: str) -> None:
    assert hear([[("user", words), BOT, USER]], None) is Heard.person


@pytest.mark.parametrize("words", PEOPLE)
def test_what_people_say_is_taken_for_a_person(words: str) -> None:
    assert hear([[BOT, ("user", words)]], None) is Heard.person


def test_a_greeting_that_was_cut_in_two_is_still_a_machine() -> None:
    assert hear([[("user", "Please leave me"), ("user", "a message.")]], None) is Heard.machine


def test_a_greeting_that_is_written_down_in_pieces_is_one_voice() -> None:
    pieces = [("user", "I can't come to the phone. Leave your name and number."), ("user", "Thanks, and good-bye.")]
    assert hear([[BOT, *pieces]], None) is hear([[*pieces, BOT]], None) is Heard.machine
    assert hear([[*pieces, ("tool_calls", ""), ("system", "...")]], None) is Heard.machine
    assert hear([[*pieces, BOT, USER]], None) is Heard.person


def test_a_machine_in_one_record_outweighs_a_person_in_another() -> None:
    machine = ("user", MACHINES[0])
    assert hear([[BOT, USER], [BOT, machine]], None) is Heard.machine
    assert hear([[BOT], [BOT, USER]], None) is Heard.person


@pytest.mark.parametrize("words", ["", "  ", "...", "—?!"])
def test_a_turn_without_a_word_in_it_is_nobody(words: str) -> None:
    assert hear([[BOT, ("user", words)]], None) is Heard.nobody


def test_without_a_record_or_against_the_transcript_nothing_is_said() -> None:
    assert hear([], None) is hear([[], []], "AI: Hello.") is Heard.unrecorded
    assert hear([[BOT]], "AI: Hello.\nUser: Yes.") is Heard.unrecorded
    assert hear([[BOT]], "AI: Hello.\nUser:") is Heard.nobody
