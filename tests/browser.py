"""A real browser for tests of pages: whatever a page asks for, prints or complains of is noted."""

import contextlib
from urllib.parse import urljoin

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from autograder.child_process import find_program

CHROMIUM = find_program("chromium") or find_program("chromium-browser") or find_program("google-chrome")


class Tab:
    """A tab that shows one file or a server's pages; `said` is what the console holds."""

    def __init__(self, page, place):
        self.page = page
        self.said = []
        self._requests = []
        address = place if isinstance(place, str) else place.as_uri()
        self._own = urljoin(address, "/") if isinstance(place, str) else address
        page.on("request", lambda request: self._requests.append(request.url))
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.goto(address, wait_until="load")

    @property
    def asked(self):
        """The addresses that were wanted besides the file itself, or besides those of the server."""
        return [address for address in self._requests if not address.startswith(self._own)]

    def go(self, path):
        """Open another page of the server."""
        self.page.goto(urljoin(self._own, path), wait_until="load")

    def serious(self):
        """Return what axe-core finds wrong for people who use a screen reader or a keyboard."""
        found = Axe().run(self.page).response["violations"]
        bad = [one for one in found if one["impact"] in {"serious", "critical"}]
        return [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in bad]

    def overflow(self):
        """Return by how many pixels the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@contextlib.contextmanager
def browser():
    """Start Chromium, and give what opens a file or an address in a tab of some width and colour scheme."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def show(place, width=1280, scheme="light", **options):
            # axe-core is put into the page by the test; the page's own policy is tried by the rest.
            context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
            return Tab(context.new_page(), place)

        try:
            yield show
        finally:
            chromium.close()
