"""What becomes of a page's form: it is done and one goes on, or the page comes again as it was typed."""

from collections.abc import Callable
from functools import partial, wraps
from inspect import Parameter, signature
from typing import ParamSpec

from flask import flash, make_response, redirect, request, session
from werkzeug.wrappers import Response

from shared.kernel.errors import DomainError, Elsewhere, Invalid, Unauthenticated
from shared.web import confirming, door, forms, kept, problem
from shared.web.confirming import Asked

Address = ParamSpec("Address")
Page = Callable[..., str]
PAGE = kept.SENT_FROM
ASKING = "kail_asking"
"""Under which a view keeps what says beforehand what it will do."""


def done(said: str, address: str) -> Response:
    """Go on to an address, and say there that it is done."""
    flash(said, "success")
    return redirect(address, 303)


def sent_from(
    page: Page, *, asking: Callable[..., Asked] | None = None, is_tried: bool = True
) -> Callable[[Callable[Address, str | Response]], Callable[Address, Response]]:
    """Let a view take what is sent from this page: what is refused shows the page again, as it was typed.

    Of `form` and the parts of the view's address, the page is given those that it names. What is wrong with a field
    stands beside it; any other refusal is said on top. The status is the refusal's own, so all that was done is undone.

    With `asking` the first press only says what will happen, and the second press does it. So that nobody confirms what
    is refused afterwards, the first press does it, too, and takes it back; not where that leaves something behind that
    no transaction undoes (`is_tried`).
    """

    def taking(view: Callable[Address, str | Response]) -> Callable[Address, Response]:
        named = _named(page, view)

        @wraps(view)
        def take(*args: Address.args, **kwargs: Address.kwargs) -> Response:
            try:
                if asking is None or confirming.is_confirmed():
                    return make_response(view(*args, **kwargs))
                if confirming.is_going_back():
                    address = {name: value for name, value in kwargs.items() if name in named}
                    return make_response(_as_typed(page, address))
                if is_tried:
                    _only_try(partial(view, *args, **kwargs))
                return make_response(confirming.page(asking(*args, **kwargs)))
            except Unauthenticated:  # no page helps: she signs in, and what she had typed is kept for her
                raise
            except DomainError as refused:
                if isinstance(refused, Elsewhere):  # nor does this page: the page about the error leads on
                    raise
                given = signature(view).bind(*args, **kwargs).arguments
                shown = _again(page, {name: value for name, value in given.items() if name in named}, refused)
                return make_response(shown, problem.status_of(refused))

        setattr(take, PAGE, page)
        setattr(take, ASKING, asking)
        return take

    return taking


def page_of(view: Callable[..., object]) -> Page | None:
    """The page that a view takes a form from, if it says so."""
    found: Page | None = getattr(view, PAGE, None)
    return found


def _only_try(act: Callable[[], object]) -> None:
    """Do it, so that whatever refuses it is known before anybody confirms it, and take it back."""
    said = list(session.get("_flashes", ()))
    act()
    door.undo()
    session["_flashes"] = said  # what was said then is not true yet


def _as_typed(page: Page, given: dict[str, object]) -> str:
    if "form" in signature(page).parameters:
        given["form"] = forms.filled(confirming.typed(request.form))
    return page(**given)


def _again(page: Page, given: dict[str, object], refused: DomainError) -> str:
    beside_fields = refused if isinstance(refused, Invalid) and refused.errors else None
    if "form" in signature(page).parameters:
        given["form"] = forms.filled(request.form, beside_fields)
    if beside_fields:
        return page(**given)
    problem.say(refused)
    try:
        return page(**given)
    except DomainError:  # not hers to see, or gone: the page about that error says all there is to say
        problem.unsay()
        raise


def _named(page: Page, view: Callable[Address, str | Response]) -> frozenset[str]:
    """What the page takes; raises TypeError when it needs something that neither the form nor the address has."""
    takes, offered = signature(page).parameters, {"form", *signature(view).parameters}
    missing = {name for name, each in takes.items() if each.default is Parameter.empty} - offered
    if missing:
        raise TypeError(f"{page.__qualname__} needs {sorted(missing)}, which {view.__qualname__} does not have")
    return frozenset(takes)
