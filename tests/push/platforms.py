"""Platforms on the loopback that follow their documented contracts, and fail on demand at any request.

Sources: Canvas's API documentation ("Submissions", "Submission Comments", "Uploading Files", "Pagination",
"Throttling"); 1EdTech, "Assignment and Grade Services" 2.0 and "Security Framework" 1.0.
"""

import contextlib
import datetime as dt
import email
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from joserfc import jwt

PAGE_SIZE = 3


class LostError(Exception):
    """The connection ends without an answer."""


class Platform:
    """A server whose n-th request fails as `faults[n]` says, before or after it is processed."""

    def __init__(self):
        self.faults = {}
        self.requests = []
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_all(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                with outer.lock, contextlib.suppress(LostError):
                    number = len(outer.requests)
                    outer.requests.append((self.command, self.path))
                    fault = outer.faults.get(number, "")
                    if fault == "lost before":
                        raise LostError
                    answer = outer.refusal(fault) or outer.answer(self.command, self.path, self.headers, body)
                    if fault == "lost behind":
                        raise LostError
                    if fault == "500 behind":
                        answer = (500, {}, b"{}")
                    self.reply(*answer)
                    return
                self.close_connection = True

            do_GET = do_POST = do_PUT = handle_all  # noqa: N815 (the server's names)

            def reply(self, status, headers, content):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def refusal(fault):
        """Return the answer of a fault instead of the platform's own."""
        moment = (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=7)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        return {
            "429": (429, {"Retry-After": "3"}, b"{}"),
            "429 date": (429, {"Retry-After": moment}, b"{}"),
            "429 bare": (429, {}, b"{}"),
            "403 rate": (403, {}, b"403 Forbidden (Rate Limit Exceeded)\n"),
            "503": (503, {"Retry-After": "2"}, b"{}"),
            "500": (500, {}, b"{}"),
        }.get(fault)


def as_json(document, status=200, **headers):
    """Return a JSON answer."""
    return status, {"Content-Type": "application/json", **headers}, json.dumps(document).encode()


class Canvas(Platform):
    """One assignment, its students by number, and the teacher's token."""

    def __init__(self, token, students, points_possible=10):
        self.token = token
        self.points_possible = points_possible
        self.students = {number: {"name": name, "score": None, "comments": []} for number, name in students.items()}
        self.puts = {}
        self.files = {}
        super().__init__()

    def answer(self, method, path, headers, body):  # noqa: PLR0911 (one for each address)
        """Process a request."""
        parts = urllib.parse.urlsplit(path)
        where = parts.path.removeprefix("/api/v1/courses/12")
        if parts.path.startswith("/upload/"):
            return self.upload(int(parts.path.rpartition("/")[2]), headers, body)
        if headers.get("Authorization") != f"Bearer {self.token}":
            return as_json({"errors": [{"message": "Invalid access token."}]}, 401, **{"WWW-Authenticate": "Bearer"})
        if where == "":
            return as_json({"id": 12, "name": "Redes"})
        if where == "/assignments/777":
            return as_json({"id": 777, "course_id": 12, "points_possible": self.points_possible})
        if where == "/assignments/777/submissions":
            return self.page(urllib.parse.parse_qs(parts.query))
        number, _, rest = where.removeprefix("/assignments/777/submissions/").partition("/")
        if number not in self.students:
            return as_json({"errors": [{"message": "The specified resource does not exist."}]}, 404)
        if rest == "comments/files":
            file = 100 + len(self.files)
            form = urllib.parse.parse_qs(body.decode())
            self.files[file] = {"name": form["name"][0], "content": None}
            return as_json({"upload_url": f"{self.url}/upload/{file}", "upload_params": {"token": "t"}})
        if method == "PUT":
            return self.put(number, urllib.parse.parse_qs(body.decode()))
        return as_json(self.submission(number))

    def page(self, query):
        """Return a page of the submissions, with a link to the next one."""
        first = int(query.get("page", ["1"])[0])
        numbers = list(self.students)
        part = numbers[(first - 1) * PAGE_SIZE : first * PAGE_SIZE]
        link = {}
        if first * PAGE_SIZE < len(numbers):
            address = f"{self.url}/api/v1/courses/12/assignments/777/submissions?page={first + 1}"
            link = {"Link": f'<{address}>; rel="next"'}
        return as_json([self.submission(number) for number in part], **link)

    def submission(self, number):
        """Return a submission as Canvas describes it."""
        student = self.students[number]
        comments = [{"attachments": [{"display_name": self.files[file]["name"]}]} for file in student["comments"]]
        return {
            "user_id": int(number), "assignment_id": 777, "score": student["score"],
            "excused": student.get("excused", False), "user": {"sortable_name": student["name"]},
            "submission_comments": comments,
        }  # fmt: skip

    def put(self, number, form):
        """Grade or comment."""
        if student_closed := self.students[number].get("closed"):
            return as_json({"errors": student_closed}, 422)
        if mark := form.get("submission[posted_grade]"):
            self.students[number]["score"] = float(mark[0])
            self.puts[number] = self.puts.get(number, 0) + 1
        if files := form.get("comment[file_ids][]"):
            self.students[number]["comments"] += map(int, files)
        return as_json(self.submission(number))

    def upload(self, file, headers, body):
        """Accept a file as a multipart form."""
        message = email.message_from_bytes(f"Content-Type: {headers['Content-Type']}\n\n".encode() + body)
        [part] = [one for one in message.get_payload() if one.get_filename()]
        self.files[file]["content"] = part.get_payload(decode=True)
        return as_json({"id": file, "url": f"{self.url}/files/{file}"}, 201)


class Ags(Platform):
    """One line item that ignores scores not later than the current one; tokens expire after `token_life` posts."""

    def __init__(self, public_key, token_life=10_000):
        self.public_key = public_key
        self.token_life = token_life
        self.tokens = {}
        self.scores = {}
        self.counted = {}
        self.closed = set()
        super().__init__()

    def answer(self, method, path, headers, body):
        """Process a request."""
        assert method == "POST"
        if path == "/token":
            return self.token(urllib.parse.parse_qs(body.decode()))
        assert path == "/items/5/scores?type=x"
        assert headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.tokens.get(token):
            return as_json({}, 401)
        self.tokens[token] -= 1
        score = json.loads(body)
        moment = dt.datetime.fromisoformat(score["timestamp"])
        assert moment.tzinfo
        if score["userId"] in self.closed:
            return as_json({"reason": "not enrolled"}, 422)
        old = self.scores.get(score["userId"])
        if old is not None and dt.datetime.fromisoformat(old["timestamp"]) >= moment:
            return as_json({}, 409)
        self.scores[score["userId"]] = score
        self.counted[score["userId"]] = self.counted.get(score["userId"], 0) + 1
        return as_json({}, 200)

    def token(self, form):
        """Return a token for a signed assertion."""
        assert form["grant_type"] == ["client_credentials"]
        assert form["scope"] == ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]
        assert form["client_assertion_type"] == ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
        try:
            claims = jwt.decode(form["client_assertion"][0], self.public_key, algorithms=["RS256"]).claims
        except Exception:  # noqa: BLE001 (a wrong key)
            return as_json({"error": "invalid_client"}, 401)
        assert (claims["iss"], claims["sub"]) == ("tool", "tool")
        assert claims["aud"] == f"{self.url}/token"
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = self.token_life
        return as_json({"access_token": token, "token_type": "Bearer", "expires_in": 3600})
