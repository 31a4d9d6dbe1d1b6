"""The JSON side of a service: flask-smorest with our errors, our guard and no assets from elsewhere.

An API blueprint is an `api.Blueprint`; its addresses are relative to `/<service>/v1`. What a route's guard admits and
the errors it may answer are documented by themselves.
"""

from http import HTTPStatus
from typing import Any

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask, Response, jsonify
from marshmallow import Schema

from shared.identity.permissions import roles_of
from shared.kernel import fields
from shared.web import bounds, idempotency, problem
from shared.web.guard import MARK, Guard, public

OPENAPI_VERSION = "3.1.0"
SECURITY = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
IDEMPOTENCY_KEY = {
    "name": idempotency.HEADER,
    "in": "header",
    "description": "A name for this request: sent again under it, the first answer is given again.",
    "schema": {"type": "string", "maxLength": idempotency.LONGEST_KEY},
}


class ProblemSchema(Schema):
    """An error as RFC 9457 describes it."""

    type = fields.String(required=True, metadata={"format": "uri"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "A sentence for a person, in her language"})
    code = fields.String(required=True, metadata={"description": "Stable; what a program should look at"})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "What is wrong per field, by its dotted path"},
    )


class Descriptions(OpenAPIConverter):
    """How fields are described: a default of nothing says nothing, and no `enum` holds it."""

    def field2default(self, field: fields.Field[Any], **kwargs: Any) -> dict[str, Any]:
        """The default of a field, where it has one."""
        return {name: value for name, value in super().field2default(field, **kwargs).items() if value is not None}


class Described(MarshmallowPlugin):
    """Turns schemas into their descriptions."""

    Converter = Descriptions


class Blueprint(flask_smorest.Blueprint):
    """A part of a service's API."""

    ARGUMENTS_PARSER = bounds.Parser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._document_guard)

    def _store_endpoint_docs(self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, doc in self._docs[endpoint].items():
            if method != "parameters":
                doc["guard"] = getattr(getattr(obj, method, obj), MARK, None)

    @staticmethod
    def _document_guard(doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **_: Any) -> dict[str, Any]:
        mark: Guard | None = doc_info.get("guard")
        if mark is None or mark.public_because:
            return {**doc, "security": []}
        assert mark.permission is not None
        asked = {"x-permission": mark.permission.value, "x-roles": sorted(roles_of(mark.permission))}
        doc = {**doc, "security": [{"bearer": []}], **asked}
        if method.upper() in idempotency.CHANGING:
            doc["parameters"] = [*doc.get("parameters", ()), IDEMPOTENCY_KEY]
        return doc


class Api(flask_smorest.Api):
    """The description of a service's API."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Errors are answered by `shared.web.problem`."""

    def _register_pagination_header(self) -> None:
        """Where the next page begins stands in the body."""

    def _register_responses(self) -> None:
        named = {status.name: status.phrase for status in HTTPStatus if status >= 400}
        for name, description in {**named, self.DEFAULT_ERROR_RESPONSE_NAME: "An error"}.items():
            content = {problem.MEDIA_TYPE: {"schema": self.ERROR_SCHEMA}}
            self.spec.components.response(name, {"description": description, "content": content}, lazy=True)


def install(app: Flask, service: str, blueprints: tuple[flask_smorest.Blueprint, ...]) -> None:
    """Mount API blueprints under `/<service>/v1` and serve their description beside them."""
    described = Api(
        app,
        spec_kwargs={
            "title": f"Kail: {service}",
            "version": "v1",
            "openapi_version": OPENAPI_VERSION,
            "security": [{"bearer": []}],
            "marshmallow_plugin": Described(),
        },
    )
    described.spec.components.security_scheme("bearer", SECURITY["bearer"])
    for blueprint in blueprints:
        described.register_blueprint(blueprint, url_prefix=f"/{service}/v1{blueprint.url_prefix or ''}")

    @public("describes the API, holds no data")
    def openapi() -> Response:
        return jsonify(described.spec.to_dict())

    app.add_url_rule(f"/{service}/v1/openapi.json", "openapi", openapi)
