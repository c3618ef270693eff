"""Fetching the data sets as a fresh machine does: the real download, answered by a server on the loopback.

What a proxy says is all that is heard of the world, and one certificate makes it believed. So the real files travel
the real way, without leaving this machine.
"""

import os
import shutil
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from autograder.child_process import python_command, run
from autograder.datasets import fetch, find_real, keras_home
from autograder.errors import EnvironmentFault

HOST = "storage.googleapis.com"


class Storage(ThreadingHTTPServer):
    """A proxy that is also the host it is asked to reach: it has `files`, by their names."""

    files: dict[str, bytes]
    asked: list[str]
    tls: ssl.SSLContext


class Cut(bytes):
    """A file of which half arrives."""


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
        folder, _, name = self.path.rpartition("/")
        self.server.asked.append(name)
        # Keras's own folder: whoever asks elsewhere gets nothing.
        body = self.server.files[name] if folder == "/tensorflow/tf-keras-datasets" else b""
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if isinstance(body, Cut) else body)
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
        server.asked = []
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


def test_an_empty_folder_fills_with_the_real_data_sets(storage, tmp_path):
    """Five files with the sums of the real ones, for every user; each portion is told, and nothing else is left."""
    home = tmp_path / "keras"
    told = []
    fetched = fetch(home, lambda *portion: told.append(portion))
    assert (fetched.kind, fetched.path) == ("real", home)
    assert find_real(home) == (fetched, ())
    found = [path for path in (home / "datasets").rglob("*") if path.is_file()]
    assert len(found) == 5
    assert {path.stat().st_mode & 0o777 for path in found} == {0o644}
    assert not list(home.rglob(".fetching-*"))
    assert len({name for name, _, _ in told}) == 5
    assert all(0 < done <= total for _, done, total in told)
    assert sum(done == total for _, done, total in told) >= 5


def test_what_is_there_is_not_fetched_again(storage, tmp_path):
    """After a cut connection only what is lacking is asked for; a file that is another one is replaced."""
    fetch(tmp_path)
    (tmp_path / "datasets" / "boston_housing.npz").write_bytes(b"another")
    (tmp_path / "datasets" / "fashion-mnist" / "train-labels-idx1-ubyte.gz").unlink()
    storage.asked.clear()
    fetch(tmp_path)
    assert sorted(storage.asked) == ["boston_housing.npz", "train-labels-idx1-ubyte.gz"]
    storage.asked.clear()
    fetch(tmp_path)
    assert storage.asked == []


def test_keras_finds_what_was_fetched(storage, tmp_path):
    """The files lie where Keras looks, so that it fetches nothing of its own."""
    fetch(tmp_path)
    code = "import keras; keras.datasets.boston_housing.load_data(); keras.datasets.fashion_mnist.load_data()"
    nowhere = {"KERAS_HOME": str(tmp_path), "https_proxy": "http://127.0.0.1:9", "CUDA_VISIBLE_DEVICES": "-1"}
    done = run(python_command("-c", code), environment=nowhere, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_tensorflow_is_not_imported_for_it(storage, tmp_path):
    """Fetching costs no second and no gigabyte of TensorFlow's."""
    code = "import sys; from pathlib import Path; from autograder.datasets import fetch; fetch(Path(sys.argv[1]))"
    code += "; print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    done = run(python_command("-c", code, str(tmp_path)), environment=dict(os.environ), capture_output=True, text=True)
    assert done.stdout == "False False\n", done.stderr


def test_a_file_that_is_another_is_not_taken(storage, tmp_path):
    """What was changed on the way is named, with what to do; no notebook runs on it."""
    storage.files["train-labels-idx1-ubyte.gz"] = storage.files["t10k-labels-idx1-ubyte.gz"]
    with pytest.raises(EnvironmentFault, match=r"could not be fetched: .*--data practice"):
        fetch(tmp_path / "keras")
    assert find_real(tmp_path / "keras")[0] is None
    assert not (tmp_path / "keras" / "datasets" / "fashion-mnist" / "train-labels-idx1-ubyte.gz").exists()


def test_a_line_that_breaks_off_leaves_nothing_behind(storage, tmp_path):
    """Half a file is no file: the fault is one line, and the folder holds what was whole before."""
    whole = storage.files["train-images-idx3-ubyte.gz"]
    storage.files["train-images-idx3-ubyte.gz"] = Cut(whole)
    with pytest.raises(EnvironmentFault, match=r"could not be fetched: [^\n]*$"):
        fetch(tmp_path)
    assert not list(tmp_path.rglob("train-images*"))
    assert not list(tmp_path.rglob(".fetching-*"))
    storage.files["train-images-idx3-ubyte.gz"] = whole
    assert fetch(tmp_path).kind == "real"


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    """A file where the folder is due: one line, with what to do."""
    (tmp_path / "datasets").write_text("no folder")
    with pytest.raises(EnvironmentFault, match=r"datasets: the data sets could not be fetched: .*--data practice"):
        fetch(tmp_path)
