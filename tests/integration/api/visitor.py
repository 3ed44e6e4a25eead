"""A browser that looks at the web page."""

import re

from werkzeug.test import TestResponse

from tests.integration.api.parts import Caller, Json


class Visitor:
    """A browser: keeps cookies, and takes the token of each form from its page."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.http = caller.app.test_client()
        self.page = ""

    def get(self, path: str) -> TestResponse:
        answer = self.http.get(path, headers={"Accept": "text/html"})
        if answer.mimetype == "text/html":
            self.page = answer.text
        return answer

    @property
    def token(self) -> str:
        """The token of the page's forms, empty where there is none."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.page)
        return found[1] if found else ""

    def send(self, path: str, fields: Json | None = None, token: str | None = None) -> TestResponse:
        csrf = self.token if token is None else token
        answer = self.http.post(path, data={"csrf": csrf} | (fields or {}))
        if answer.mimetype == "text/html" and answer.status_code < 300:
            self.page = answer.text
        return answer

    def sign_in(self, key: str | None = None) -> TestResponse:
        self.get("/")
        return self.send("/sign-in", {"key": key or self.caller.key})
