"""What a refusal has to say, all of it: by which rule, beside which field of a form, and with which figures."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shared.kernel.errors import DomainError


@contextmanager
def refused(rule: type[DomainError], at: str = "", **figures: Any) -> Iterator[None]:
    """Whatever is done inside is refused by this rule and none below it, beside this field and with these figures."""
    with pytest.raises(rule) as caught:
        yield
    said = dict(caught.value.fields)
    beside = list(said.pop("errors", {}))
    assert (type(caught.value), beside, said) == (rule, [at] if at else [], figures)
    for language in ("id", "en"):
        caught.value.message(language)
