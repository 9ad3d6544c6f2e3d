"""`client account add`: what cannot be right is refused before anything is retired."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.channels import channels_of
from modules.labels import Provider
from scripts.cli.accounts import SETTINGS
from tests.databases import Engine
from tests.flow.house import ROOT, TOKEN_NAME, House, open_house

CLIENT = ("--client", "bright-dental")
ADD = ("client", "account", "add", *CLIENT, "--provider", "twilio", "--secret-from-env", f"auth_token={TOKEN_NAME}")
SID = ("--setting", "account_sid=AC" + "5" * 32)
NUMBER = ("--setting", "from_number=+13125550191")


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental")
        yield opened


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ((*NUMBER, "--setting", "unit_price=1,50"), "`unit_price` is '1,50'; write the dollars"),
        (("--setting", "from_number=123"), "`from_number` is written like +14155550123"),
        (("--setting", "from_number=+123456"), "`from_number` is written like +14155550123"),
        (("--setting", "from_number=0123456789"), "`from_number` is written like +14155550123"),
        ((*NUMBER, "--setting", "bogus=1"), "twilio has no setting `bogus`; it takes account_sid"),
        ((*NUMBER, "--setting", "sender=a@b.example"), "twilio has no setting `sender`"),
    ],
)
def test_a_setting_that_cannot_be_right_is_refused_and_the_working_account_stays(
    house: House, settings: tuple[str, ...], told: str
) -> None:
    works = house.run(*ADD, *SID, *NUMBER, "--setting", "unit_price=0.0083", "--json").json()
    assert told in house.refused(*ADD, *SID, *settings)
    (one,) = house.ok("client", "account", "list", *CLIENT)
    assert (one["id"], one["retired_at"]) == (works["id"], None)


def test_a_wrong_price_is_refused_for_the_environments_own_account_too(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESEND_API_KEY", "re_1")
    monkeypatch.setenv("RESEND_WEBHOOK_SECRET", "whsec_MDEyMw==")
    monkeypatch.setenv("RESEND_FROM", "hello@bright-dental.example")
    own = ("client", "account", "add", *CLIENT, "--provider", "resend", "--from-environment")
    assert "`unit_price`" in house.refused(*own, "--setting", "unit_price=-1")
    assert house.ok("client", "account", "list") == []


def test_a_short_code_may_send(house: House) -> None:
    done = house.run(*ADD, *SID, "--setting", "from_number=73100", "--json")
    assert (done.code, done.json()["channel"]) == (0, "sms")


def test_every_setting_that_a_worker_reads_may_be_given() -> None:
    sources = [path.read_text() for path in (ROOT / "workers").glob("*.py")]
    read = re.compile(r"(?:account\.settings\.get\(|one\.settings\.get\(|_first\(settings, )\"([a-z_]+)\"")
    names = {name for source in sources for name in read.findall(source)}
    assert {"concurrent_calls", "consent_wording", "location_id"} <= names
    assert names <= {name for known in SETTINGS.values() for name in known}


@pytest.mark.parametrize("provider", list(Provider))
def test_every_setting_that_an_adapter_reads_may_be_given(provider: Provider) -> None:
    sources = [path.read_text() for path in (ROOT / "modules" / "channels").glob(f"{provider}_*.py")]
    read = re.compile(r"settings(?:\.get\(|\[|, )\"([a-z_]+)\"|sender_setting: ClassVar\[str\] = \"([a-z_]+)\"")
    names = {one or other for source in sources for one, other in read.findall(source)}
    asked = {name for channel in channels_of(provider) for name in channel.required_settings}
    assert names
    assert names | asked <= set(SETTINGS[provider])
