from __future__ import annotations

from pydantic import BaseModel, ValidationError

from benchbuilder.wanted import Misfit, misfits


class Inner(BaseModel, extra="forbid"):
    many: int | str | None = None
    limit: list[float] = []


class Outer(BaseModel):
    seed: int = 1
    inner: Inner = Inner()
    seeded: dict[str, int] = {}


def found(raw: dict[str, object]) -> list[Misfit]:
    try:
        Outer.model_validate(raw)
    except ValidationError as error:
        return misfits(error.errors(), raw)
    return []


def test_alternatives_of_one_place_are_one_misfit() -> None:
    (misfit,) = found({"inner": {"many": [1]}})
    assert misfit == Misfit(("inner", "many"), "expected a whole number or text, found [1]")


def test_items_and_unknown_keys_have_their_place() -> None:
    misplaced = found({"inner": {"limit": [1, "x"], "many_": 3}})
    assert misplaced == [
        Misfit(("inner", "limit", "1"), "expected a number, found 'x'"),
        Misfit(("inner", "many_"), "unknown key", unknown=True),
    ]


def test_a_seed_that_was_handed_down_is_no_second_misfit() -> None:
    raw: dict[str, object] = {"seed": "x", "seeded": {"seed": "x"}}
    assert [misfit.place for misfit in found(raw)] == [("seed",)]


def test_long_values_are_cut() -> None:
    (misfit,) = found({"inner": {"limit": "x" * 200}})
    assert len(misfit.said) < 130
