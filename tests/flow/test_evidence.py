"""`evidence` writes what is on record of a contact, once, for the one who asked."""

import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from modules.preview import content_hash
from tests.databases import Engine
from tests.flow.house import House, open_house

ADA = "+12125550123"


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        for slug in ("bright-dental", "calm-clinic"):
            opened.ok("client", "add", slug, "--name", slug.title())
            agreed = ("--consent", "sms", "--wording", f"I agree, says {slug}.", "--source", "web-form")
            opened.ok("contact", "add", "--client", slug, "--phone", ADA, "--first-name", "Ada", *agreed)
        monkeypatch.chdir(tmp_path)
        yield opened


def test_the_two_files_are_written_for_nobody_else_and_are_not_overwritten_unasked(house: House) -> None:
    out = house.folder / "packs"
    out.mkdir()
    ask = ("evidence", ADA, "--client", "bright-dental", "--out", str(out), "--asked-by", "Grace")
    done = house.run(*ask)
    assert (done.code, done.err) == (0, "")
    as_json, as_pdf = sorted(out.iterdir())
    assert done.out.splitlines()[:2] == [f"Wrote {as_json}", f"Wrote {as_pdf}"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (as_json, as_pdf)] == [0o600, 0o600]
    pack = json.loads(as_json.read_text(encoding="utf-8"))
    assert (pack["asked_by"], pack["client"]) == ("Grace", "bright-dental")
    assert as_json.name == f"evidence-{pack['contact']}.json"
    assert content_hash(pack) == pack["sha256"]
    paper = pypdf.PdfReader(io.BytesIO(as_pdf.read_bytes()))
    words = "\n".join(page.extract_text() for page in paper.pages)
    assert pack["sha256"] in words
    assert f"Page 1 of {len(paper.pages)}" in words
    assert "I agree, says bright-dental." in words
    assert "calm" not in words + json.dumps(pack)

    before = as_json.read_bytes()
    as_pdf.unlink()
    assert "is there already; give --force to replace it" in house.refused(*ask)
    assert list(out.iterdir()) == [as_json]
    assert house.run(*ask, "--force").code == 0
    assert as_pdf.exists()
    assert as_json.read_bytes() == before  # the same rows at the same instant
    assert stat.S_IMODE(as_json.stat().st_mode) == 0o600


def test_json_is_printed_and_no_file_is_written_unless_a_folder_is_named(house: House) -> None:
    pack = house.ok("evidence", ADA, "--client", "calm-clinic")
    assert pack["sections"]["consents"]["records"][0]["wording"] == "I agree, says calm-clinic."
    assert content_hash(pack) == pack["sha256"]
    assert not list(house.folder.glob("evidence-*"))
    house.ok("evidence", ADA, "--client", "calm-clinic", "--out", ".")
    assert len(list(house.folder.glob("evidence-*"))) == 2


def test_a_contact_that_is_not_clear_and_a_folder_that_is_not_there_are_refused_in_a_sentence(house: House) -> None:
    told = house.refused("evidence", ADA)
    assert "bright-dental" in told
    assert "calm-clinic" in told
    assert "No contact answers to +12125550199" in house.refused("evidence", "+12125550199")
    nowhere = ("--client", "bright-dental", "--out", str(house.folder / "nowhere"))
    assert "is not a folder" in house.refused("evidence", ADA, *nowhere)
