"""Only browsers of this machine that were given the address are answered, and nothing in an answer can act."""

import socket

import pytest
from review_class import ALIKE, copy_class
from review_visitor import Visitor, served

from autograder.errors import EnvironmentFault, UsageError
from autograder.review import ReviewServer
from autograder.review.review_pages import submission_url


@pytest.fixture(scope="module")
def place(original, tmp_path_factory):
    """Copy the class once: hardly anything here changes it."""
    return copy_class(original, tmp_path_factory.mktemp("guarded") / "reviewed")


@pytest.fixture(scope="module")
def address(place):
    """Serve it to all tests."""
    with served(place) as found:
        yield found


PAGES = ("/", "/items", "/item?place=q07.answer", "/submission?name=Ana+Lima", "/regrade", "/release", "/review.css",
         "/picture?name=Ana+Lima&cell=1&number=1", "/nowhere")  # fmt: skip


def test_the_first_visit_keeps_the_token_in_a_cookie_and_takes_it_out_of_the_address(visitor):
    """The cookie is out of reach of scripts and other sites; the page that follows has no token in its address."""
    [cookie] = visitor.welcome.headers.get_all("set-cookie")
    assert (visitor.welcome.status, visitor.welcome.headers["location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert visitor.get("/").status == 200


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("token", ["", "?token=wrong", "?token=%00", "?token=%C3%A9"])
def test_without_the_token_nothing_is_told(address, path, token):
    """Whether it is missing or wrong, and whether the page exists or not."""
    stranger = Visitor(address.partition("?")[0] + token)
    assert stranger.welcome.status == 403
    for cookie in ("", f"autograder-review-{stranger.port}=wrong", "autograder-review=x"):
        answer = stranger.get(path, cookie=cookie)
        assert (answer.status, "Lima" in answer.page) == (403, False)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost", "127.0.0.1:1", "127.0.0.1.evil.example", ""]
)
def test_another_host_is_refused_with_the_right_token(visitor, host):
    """A name that was made to point to this machine (DNS rebinding) shows in the header alone."""
    assert visitor.get("/", host=host).status == 400
    assert visitor.get("/", host=f"localhost:{visitor.port}").status == 200


def test_a_form_needs_the_pages_own_secret(visitor, place):
    """Missing, wrong or from another origin: nothing is kept."""
    form = visitor.form(submission_url(ALIKE[0], "q07.answer"), "Decide on pending points: these points")
    fields = dict(form["fields"]) | {"because": "x", "by": "y"}
    wrong = [{**fields, "csrf": "x"}, {name: value for name, value in fields.items() if name != "csrf"}]
    assert [visitor.post("/act/accept", one).status for one in wrong] == [403, 403]
    for origin in ("http://evil.example", "null", "https://127.0.0.1"):
        assert visitor.ask("POST", "/act/accept", "csrf=", origin=origin).status == 403
    assert "pending" in visitor.get(submission_url(ALIKE[0], "q07.answer")).page


def test_a_form_has_a_bounded_size(visitor):
    """What is larger, or does not say how large it is, is not read."""
    assert visitor.ask("POST", "/act/accept", b"x" * (2**20 + 1)).status == 413
    assert visitor.ask("POST", "/act/accept", iter([b"csrf=x"])).status == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_do_nothing(visitor, method):
    """Pages are read, forms are sent, and no more; an action's address is no page."""
    assert visitor.ask(method, "/").status in {404, 405}
    assert visitor.get("/act/accept").status == 404


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_forbids_scripts_and_other_addresses(visitor, path):
    """By its headers, whatever a template might let through; and nothing is kept by the browser."""
    headers = visitor.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script" not in policy
    assert "unsafe" not in policy
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")


@pytest.mark.parametrize("path", [path for path in PAGES if path.startswith("/") and "css" not in path])
def test_no_page_has_a_script_or_a_style_of_its_own(visitor, path):
    """Every action works without them."""
    page = visitor.get(path).page
    assert "<script" not in page
    assert " style=" not in page
    assert " onclick" not in page


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"])
def test_a_form_leads_nowhere_else(visitor, back):
    """The page that follows is one of ours."""
    form = visitor.form("/release", "Write pages and tables")
    answer = visitor.post("/act/release", dict(form["fields"]) | {"back": back})
    assert answer.headers["location"].startswith("/?saved=")


def test_it_listens_on_the_loopback_alone(address, visitor):
    """The same port of the machine's other addresses is closed."""
    assert address.startswith("http://127.0.0.1:")
    with socket.socket() as other:
        other.settimeout(2)
        # 127.0.0.2 is another address of this machine: a server that listened everywhere would answer there.
        assert other.connect_ex(("127.0.0.2", visitor.port)) != 0


def test_a_port_that_is_taken_is_one_line(place, visitor):
    """With what to do."""
    with pytest.raises(EnvironmentFault, match=f"127.0.0.1:{visitor.port}: the port cannot be used"):
        ReviewServer(place / "grading.yml", place / "grades", visitor.port)


def test_a_folder_without_a_gradebook_is_one_line(place):
    """Nothing is made there."""
    with pytest.raises(UsageError, match="there is no gradebook"):
        ReviewServer(place / "grading.yml", place / "elsewhere")
    assert not (place / "elsewhere").exists()


def test_two_servers_have_two_tokens(address, copied):
    """One address does not open the other's page."""
    with served(copied("other")) as other:
        assert len({found.partition("token=")[2] for found in (address, other)}) == 2
        stranger = Visitor(f"{other.partition('?')[0]}?{address.partition('?')[2]}")
        assert stranger.welcome.status == 403
