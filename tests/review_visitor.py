"""A visitor of the review without a browser: follows addresses, fills in forms, and says what was answered."""

import contextlib
import http.client
import threading
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

from autograder.review import ReviewServer


@contextlib.contextmanager
def served_at(config, folder, language="en"):
    """Serve a class from a thread."""
    server = ReviewServer(config, folder, language=language)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server.address
    finally:
        server.stop()
        thread.join(timeout=60)
        assert not thread.is_alive()


def served(place, language="en"):
    """Serve the class of a course from a thread."""
    return served_at(place / "grading.yml", place / "grades", language)


class Forms(HTMLParser):
    """The forms of a page: label, action and fields; the commands that it shows; and its text."""

    def __init__(self, page):
        super().__init__()
        self.forms, self.commands, self.text = [], [], ""
        self._in_command = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """See `HTMLParser`."""
        found = dict(attrs)
        if tag == "form":
            self.forms.append({"label": found.get("aria-label"), "action": found["action"], "fields": []})
        elif tag in {"input", "textarea", "select"} and "name" in found:
            self.forms[-1]["fields"].append((found["name"], found.get("value", "")))
        self._in_command = tag == "pre" or (self._in_command and tag != "details")

    def handle_endtag(self, tag):
        """See `HTMLParser`."""
        self._in_command = self._in_command and tag != "pre"

    def handle_data(self, data):
        """See `HTMLParser`."""
        self.text += data
        if self._in_command and data.startswith("autograder "):
            self.commands += data.split("\n")


class Answer:
    """What was answered."""

    def __init__(self, found):
        self.status, self.headers = found.status, found.headers
        self.body = found.read()
        self.page = self.body.decode("utf-8", "replace")

    @property
    def read(self):
        """The page, parsed."""
        return Forms(self.page)


class Visitor:
    """A browser that was given the address."""

    def __init__(self, address):
        parts = urlsplit(address)
        self.host, self.port = parts.hostname, parts.port
        self.cookies = {}
        self.welcome = self.get(f"{parts.path}?{parts.query}")

    def ask(self, method, path, body=None, **headers):
        """Send one request, with the cookies and these headers."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies and "cookie" not in sent:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, sent)
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        for line in answer.headers.get_all("set-cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def get(self, path, **headers):
        """Open a page."""
        return self.ask("GET", path, **headers)

    def post(self, path, fields):
        """Send a form."""
        return self.ask("POST", path, urlencode(fields), content_type="application/x-www-form-urlencoded")

    def upload(self, path, fields, file):
        """Send a form with a file: its field, name and content."""
        parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields]
        name, called, content = file
        head = f'Content-Disposition: form-data; name="{name}"; filename="{called}"\r\n\r\n'
        parts.append(head.encode() + content)
        body = b"".join(b"--part\r\n" + one + b"\r\n" for one in parts) + b"--part--\r\n"
        return self.ask("POST", path, body, content_type="multipart/form-data; boundary=part")

    def form(self, path, label):
        """Return the fields of the form with this label, as its page gives them."""
        [found] = [one for one in self.get(path).read.forms if one["label"] == label]
        return found

    def send(self, form, action=None, **typed):
        """Fill in a form and send it; return the page that follows, or the refusal."""
        fields = [(name, typed.pop(name, value)) for name, value in form["fields"]]
        assert not typed, f"the form has no field {list(typed)}"
        answer = self.post(action or form["action"], fields)
        return self.get(answer.headers["location"]) if answer.status == 303 else answer
