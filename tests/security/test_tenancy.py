"""Two keys, every route: the tests are made from the OpenAPI document and from the page's routes.

An operation that is added to the document is tested without a word here. One that no request can be
built for, that needs no key, or that lists something new fails until it is thought about.
"""

import re
from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.integration.api.parts import Caller
from tests.integration.api.visitor import Visitor
from tests.security import belongings
from tests.security.operations import OWNED, Operation, address, operations

#: What answers without a key, by design.
PUBLIC = {"/healthz", "/readyz", "/metrics"}
#: Lists that all keys share, and lists for administrators.
SHARED, ADMINISTRATIVE = {"/v1/models"}, {"/v1/keys", "/v1/audit"}
#: Statuses that tell the owner of something that it was found.
FOUND = {200, 201, 202, 204, 409, 422}
#: Pages that a stranger may see: the way in.
WAY_IN = {"/", "/sign-in"}
SCOPES = ("read", "submit", "train")

every = pytest.mark.parametrize("operation", operations(), ids=lambda it: it.name)


def chosen(which: list[Operation]) -> pytest.MarkDecorator:
    """The test once for each of these operations."""
    return pytest.mark.parametrize("operation", which, ids=lambda it: it.name)


def refers(operation: Operation, mine: dict[str, str]) -> dict[str, str]:
    """The ids for an operation: one reads what a replay came to, and needs a job that is one."""
    replay = operation.template.endswith("/replay") and operation.method == "GET"
    return mine | ({"job_id": mine["replay_id"]} if replay else {})


@every
def test_an_operation_without_a_key_is_public_on_purpose(operation: Operation) -> None:
    assert operation.needs_key != (operation.template in PUBLIC)


@chosen([it for it in operations() if it.needs_key])
def test_without_a_key_nothing_is_told(app: Caller, operation: Operation) -> None:
    answer = operation.send(Caller(app.app, None), dict.fromkeys(belongings.KINDS, "0" * 32))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@chosen([it for it in operations() if it.needs_key])
def test_a_key_without_the_scope_is_kept_out(app: Caller, operation: Operation) -> None:
    others = [scope for scope in SCOPES if scope != operation.scope]
    nothing = dict.fromkeys(belongings.KINDS, "0" * 32)
    assert operation.send(app.other(*others), nothing).status_code == 403
    assert operation.send(app.other(operation.scope), nothing).status_code not in (401, 403)


@chosen([it for it in operations() if it.refers_to and it.scope != "admin"])
def test_what_belongs_to_another_key_is_not_there(app: Caller, operation: Operation) -> None:
    owner, stranger = app.other(), app.other()
    ids = refers(operation, belongings.make(owner))
    hidden = operation.send(stranger, ids)
    assert hidden.status_code == 404
    # It reads like what is not there at all.
    absent = operation.send(stranger, dict.fromkeys(ids, "f" * 32))
    assert told(hidden) == told(absent)
    # The owner's request is the same, and finds it.
    assert operation.send(owner, ids).status_code in FOUND


def told(answer: TestResponse) -> tuple[int, str, str]:
    """What an error says, whichever id it is about."""
    problem = answer.get_json()
    return problem["status"], problem["type"], re.sub("[0-9a-f]{32}", "ID", problem["detail"])


def test_both_databases_keep_keys_apart(either: Caller) -> None:
    ids, stranger = belongings.make(either), either.other()
    for operation in operations():
        if operation.refers_to and operation.scope != "admin":
            answer = operation.send(stranger, refers(operation, ids))
            assert answer.status_code == 404, operation.name
    assert either.get(f"/v1/jobs/{ids['job_id']}").status_code == 200


@chosen([it for it in operations() if it.refers_to and it.scope == "admin"])
def test_only_an_administrator_reaches_into_other_keys(app: Caller, operation: Operation) -> None:
    owner = app.other()
    ids = refers(operation, belongings.make(owner))
    assert operation.send(owner, ids).status_code == 403
    assert operation.send(app.other("admin"), ids).status_code in FOUND


@chosen([it for it in operations() if it.lists])
def test_a_list_shows_only_one_s_own(app: Caller, operation: Operation) -> None:
    owner = app.other()
    ids = belongings.make(owner)
    if operation.template in ADMINISTRATIVE:
        assert operation.scope == "admin"
        return
    shown = {item["id"] for item in operation.send(owner, ids).get_json()["items"]}
    seen = {item["id"] for item in operation.send(app.other(), ids).get_json()["items"]}
    if operation.template in SHARED:
        assert seen == shown != set()
        return
    assert shown
    assert shown <= set(ids.values()) | belongings.imports(owner)
    assert seen == set()


def test_a_filter_by_what_belongs_to_another_key_finds_nothing(app: Caller) -> None:
    ids = belongings.make(app.other())
    stranger, path = app.other(), f"/v1/evaluations?dataset={ids['dataset_id']}"
    assert stranger.get(path).get_json()["items"] == []


def pages(app: Caller) -> Iterator[tuple[Rule, str]]:
    """Every route that a browser uses, each with its method."""
    for rule in app.app.url_map.iter_rules():
        served = rule.rule.startswith("/v1/") or rule.endpoint.startswith(("docs.", "health."))
        if not served and rule.endpoint != "static":
            yield from ((rule, method) for method in rule.methods & {"GET", "POST"})  # type: ignore[operator]


def ask(visitor: Visitor, rule: Rule, method: str, ids: dict[str, str]) -> int:
    """Look at a page, or send its form, with real ids in the address."""
    path = address(rule, ids)
    return (visitor.get(path) if method == "GET" else visitor.send(path)).status_code


def test_no_page_shows_what_belongs_to_another_key(app: Caller) -> None:
    owner = app.other()
    ids = belongings.make(owner)
    visitor, stranger = Visitor(owner), Visitor(app.other())
    assert [it.sign_in().status_code for it in (visitor, stranger)] == [303, 303]
    tried = 0
    for rule, method in pages(app):
        if rule.arguments & OWNED:
            stranger.get("/")
            assert ask(stranger, rule, method, ids) == 404, rule
            tried += 1
    for rule, method in pages(app):
        # The owner's dataset is needed until the end.
        if rule.arguments & OWNED and (method, rule.endpoint) != ("POST", "forms.delete_dataset"):
            visitor.get("/")
            assert ask(visitor, rule, method, ids) in {200, 303, 422}, rule
    assert tried >= 5


def test_no_page_is_shown_without_signing_in(app: Caller) -> None:
    ids = belongings.make(app.other())
    for rule, method in pages(app):
        if rule.rule not in WAY_IN:
            assert ask(Visitor(app), rule, method, ids) in (303, 403), rule
