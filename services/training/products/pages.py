"""Products for people: those that the office was asked about, and how high each stands."""

from flask import Blueprint, render_template, request

from services.training.products import queries
from services.training.products import words as names
from services.training.products.requirements import requirements
from shared.identity.permissions import Permission
from shared.referrals import naming, words
from shared.web import door, forms, paging
from shared.web.guard import guard

pages = Blueprint("products_pages", __name__, template_folder="templates")


@pages.get("/<agency>/products")
@guard(Permission.PRODUCTS_READ)
def list_products(agency: str) -> str:
    """The products that the office was asked about, the latest first."""
    query = forms.load(paging.PageQuery(), request.args)
    with door.reading() as session:
        rows = queries.stages(door.current_officer())
        page = paging.page(session, rows, *queries.LATEST_FIRST, newest_first=True, **query)
        return render_template(
            "products/list.html",
            names_of=naming.listed((each.referral_id for each in page.items), "products"),
            rows=queries.with_products(session, page.items, requirements()),
            next=page.next,
            address=f"/training/{agency}/products",
            referrals=f"/training/{agency}/referrals",
            words=words,
            names=names,
        )
