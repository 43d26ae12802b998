"""The tables of rules over entries, in a source or a category; what may stand in them is in conditions.py."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from feeds.catalogue.conditions import (
    check_condition,
    check_field,
    check_group,
    check_length,
    check_removal,
    check_replaceable,
)
from feeds.catalogue.table import Table
from feeds.catalogue.values import Pattern


class ConditionTable(Table):
    """``keep_if`` and ``drop_if``: a JMESPath condition (a plain string is one), or a pattern in a field."""

    where: Annotated[str, AfterValidator(check_condition)] | None = None
    field: Annotated[str, AfterValidator(check_field)] | None = None
    pattern: Pattern | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.where is None) == (self.field is None) or (self.field is None) != (self.pattern is None):
            raise ValueError("needs either where, or both field and pattern")
        return self


class ReplaceTable(Table):
    """``replace``: what a pattern finds in a field gives way to ``with``."""

    field: Annotated[str, AfterValidator(check_replaceable)]
    pattern: Pattern
    with_: Annotated[str, AfterValidator(check_length)] = Field(default="", alias="with")

    @model_validator(mode="after")
    def _known_groups(self) -> Self:
        check_group(self.pattern, self.with_)
        return self


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _as_conditions(value: object) -> object:
    several = value if isinstance(value, list) else [value]
    return [{"where": one} if isinstance(one, str) else one for one in several]


Conditions = Annotated[list[ConditionTable], BeforeValidator(_as_conditions)]
Replacements = Annotated[list[ReplaceTable], BeforeValidator(_as_list)]
Removals = Annotated[list[Annotated[str, AfterValidator(check_removal)]], BeforeValidator(_as_list)]
