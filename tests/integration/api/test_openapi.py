"""The OpenAPI document is valid, complete and true; the page over it comes from here alone."""

import re
import subprocess
import sys

from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.integration.api.parts import Caller, document

#: Routes for browsers, and the document itself.
UNDOCUMENTED = ("docs.", "forms.", "pages.", "static")


def test_the_document_is_valid_openapi_3_1() -> None:
    assert document()["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []


def test_every_route_is_in_the_document(caller: Caller) -> None:
    routed = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in caller.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith(UNDOCUMENTED)
    }
    described = {
        (method.upper(), path) for path, item in document()["paths"].items() for method in item
    }
    assert routed == described


def test_every_route_tells_its_errors_as_problems() -> None:
    for path, item in document()["paths"].items():
        for operation in item.values():
            assert operation["summary"], path
            codes = set(operation["responses"])
            if operation.get("security"):
                assert {"400", "401", "403", "429", "503"} <= codes, path
            if "{" in path:
                assert "404" in codes, path
            for code, answer in operation["responses"].items():
                # An address that is too long never gets as far as the application.
                if code >= "400" and code != "414":
                    assert list(answer["content"]) == ["application/problem+json"]


def test_every_schema_that_is_named_is_there() -> None:
    named = set(re.findall(r"#/components/schemas/(\w+)", str(document())))
    assert named <= set(document()["components"]["schemas"])


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [op["operationId"] for item in document()["paths"].values() for op in item.values()]
    assert len(set(names)) == len(names)


def test_the_page_over_the_document_loads_nothing_from_elsewhere(caller: Caller) -> None:
    answer = caller.get("/docs")
    sources = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert len(sources) >= 4
    assert all(source.startswith("/") for source in sources)
    for source in sources:
        assert caller.get(source).status_code == 200, source
    assert "<style" not in answer.text
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"].partition("style")[0]


def test_the_api_loads_no_part_of_the_vision_stack() -> None:
    code = (
        "import sys, api.wsgi, api.gunicorn_conf; "
        "print(sorted({'torch', 'cv2', 'easyocr', 'solver', 'worker', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
