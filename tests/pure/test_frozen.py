"""Frozen dataclasses that are made at once must be what the standard library makes, in good and in bad."""

from dataclasses import FrozenInstanceError, asdict, dataclass, field, replace

import pytest

from utils.frozen import changed, quickly_made


@dataclass(frozen=True)
class Usual:
    name: str
    size: int = 3
    tags: dict[str, int] = field(default_factory=dict)


@quickly_made
@dataclass(frozen=True)
class Quick:
    name: str
    size: int = 3
    tags: dict[str, int] = field(default_factory=dict)


CALLS: list[tuple[tuple[object, ...], dict[str, object]]] = [
    ((), {"name": "a"}),
    (("a",), {}),
    (("a", 4), {}),
    (("a",), {"tags": {"x": 1}}),
    (("a", 4, {"y": 2}), {}),
    ((), {"tags": {"x": 1}, "size": 5, "name": "b"}),
]
WRONG: list[tuple[tuple[object, ...], dict[str, object]]] = [
    ((), {}),
    (("a",), {"name": "b"}),
    (("a", 4), {"size": 5, "tags": {}}),
    (("a", 4, {}, 5), {}),
    ((), {"name": "a", "colour": "red"}),
    ((), {"size": 1, "colour": "red"}),
    ((), {"name": "a", "size": 1, "tags": {}, "colour": "red"}),
]


@pytest.mark.parametrize(("values", "named"), CALLS)
def test_a_quickly_made_object_has_the_fields_of_the_usual_one(
    values: tuple[object, ...], named: dict[str, object]
) -> None:
    quick, usual = Quick(*values, **named), Usual(*values, **named)  # type: ignore[arg-type]
    assert asdict(quick) == asdict(usual)
    assert repr(quick) == repr(usual).replace("Usual", "Quick")
    assert quick == Quick(*values, **named)  # type: ignore[arg-type]


@pytest.mark.parametrize(("values", "named"), WRONG)
def test_a_wrong_call_is_refused_in_the_usual_words(values: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError) as usual:
        Usual(*values, **named)  # type: ignore[arg-type]
    with pytest.raises(TypeError) as quick:
        Quick(*values, **named)  # type: ignore[arg-type]
    assert str(quick.value) == str(usual.value).replace("Usual", "Quick")


def test_a_default_that_is_made_anew_is_nobody_elses() -> None:
    first, second = Quick("a"), Quick("b")
    assert first.tags is not second.tags


def test_a_quickly_made_object_stays_frozen_and_is_replaced_like_any_other() -> None:
    one = Quick("a")
    with pytest.raises(FrozenInstanceError):
        one.name = "b"  # type: ignore[misc]
    assert replace(one, size=9) == Quick("a", 9)
    assert one == Quick("a")


def test_a_class_that_does_more_when_it_is_made_is_refused() -> None:
    @dataclass(frozen=True)
    class Careful:
        name: str

        def __post_init__(self) -> None:
            raise ValueError

    with pytest.raises(TypeError, match="Careful"):
        quickly_made(Careful)


def test_a_changed_copy_is_what_the_library_makes_of_it() -> None:
    quick, usual = Quick("a", 4), Usual("a", 4)
    assert asdict(changed(quick, size=5)) == asdict(replace(usual, size=5))
    assert changed(usual, name="b", tags={"x": 1}) == replace(usual, name="b", tags={"x": 1})
    assert (quick, changed(quick)) == (Quick("a", 4), quick)
    with pytest.raises(TypeError, match="Quick has no colour"):
        changed(quick, colour="red")
