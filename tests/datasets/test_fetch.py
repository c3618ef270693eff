"""Fetching the data sets as a fresh machine does: Keras's own download, answered by a server on the loopback.

What a proxy says is all that Keras hears of the world, and one certificate makes it believe. So the real files travel
the real way, without leaving this machine.
"""

import shutil
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from autograder.datasets import fetch, find_real, keras_home
from autograder.errors import EnvironmentFault

HOST = "storage.googleapis.com"


class Storage(ThreadingHTTPServer):
    """A proxy that is also the host it is asked to reach: it has `files`, by their names."""

    files: dict[str, bytes]
    tls: ssl.SSLContext


class Answer(BaseHTTPRequestHandler):
    """Open a tunnel, then answer in it."""

    server: Storage

    def do_CONNECT(self):
        """Become the host at the tunnel's other end."""
        self.send_response(200 if self.path == f"{HOST}:443" else 403)
        self.end_headers()
        self.connection = self.request = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.setup()
        self.handle_one_request()

    def finish(self):
        """Close the tunnel, which the server does not know of."""
        super().finish()
        self.connection.close()

    def do_GET(self):
        """Give a file out."""
        body = self.server.files[self.path.rsplit("/", 1)[1]]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_):
        """Stay silent."""


@pytest.fixture
def storage(tmp_path, monkeypatch):
    """Serve the real files under the name of the host that Keras asks."""
    if find_real()[0] is None:
        pytest.skip("the real data sets are not here, so there is nothing to serve")
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not here")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    command += ["-addext", f"subjectAltName=DNS:{HOST}", "-out", str(certificate), "-keyout", str(key)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    with Storage(("127.0.0.1", 0), Answer) as server:
        server.files = {
            path.name: path.read_bytes() for path in (keras_home() / "datasets").rglob("*.*z") if path.is_file()
        }
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.tls.load_cert_chain(certificate, key)
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_what_keras_downloads_are_the_real_data_sets(storage, tmp_path):
    """An empty folder fills with the five files, whose sums are those of the real ones."""
    home = tmp_path / "keras"
    fetched = fetch(home)
    assert (fetched.kind, fetched.path) == ("real", home)
    assert find_real(home) == (fetched, ())


def test_a_file_that_is_another_is_not_taken(storage, tmp_path):
    """What was changed on the way is named, with what to do; no notebook runs on it."""
    storage.files["train-labels-idx1-ubyte.gz"] = storage.files["t10k-labels-idx1-ubyte.gz"]
    with pytest.raises(EnvironmentFault, match=r"could not be fetched: .*--data practice"):
        fetch(tmp_path / "keras")
    assert find_real(tmp_path / "keras")[0] is None
