"""The part of a referral's page on which a needs assessment is written: its template."""

from flask import Blueprint

templates = Blueprint("assessment_templates", __name__, template_folder="templates")
