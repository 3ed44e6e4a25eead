"""What axe-core says of a page."""

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def problems(page: Page) -> list[str]:
    """The serious problems of a page, one line each; raises FileNotFoundError without axe-core."""
    if not SCRIPT.exists():
        raise FileNotFoundError(f"{SCRIPT} is missing: run 'make setup'")
    # Evaluated by the debugger, which the page's content security policy does not bind.
    page.evaluate(SCRIPT.read_text())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [
        f"{page.url} {it['impact']} {it['id']}: {node['target']} {node['failureSummary']}"
        for it in found["violations"]
        if it["impact"] in ("serious", "critical")
        for node in it["nodes"]
    ]
