"""Fetch the data sets as on a new machine: the real download, answered by a server on the loopback.

All connections go through a local proxy whose certificate is trusted. So the real files are really downloaded without
leaving this machine.
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
    """A proxy that is also the requested host, and serves `files` by name."""

    files: dict[str, bytes]
    asked: list[str]
    tls: ssl.SSLContext


class Cut(bytes):
    """A file that is interrupted half way."""


class Answer(BaseHTTPRequestHandler):
    """Open a tunnel, then answer in it."""

    server: Storage

    def do_CONNECT(self):
        """Act as the host at the tunnel's other end."""
        self.send_response(200 if self.path == f"{HOST}:443" else 403)
        self.end_headers()
        self.connection = self.request = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.setup()
        self.handle_one_request()

    def finish(self):
        """Close the tunnel, which the server does not track."""
        super().finish()
        self.connection.close()

    def do_GET(self):
        """Send a file."""
        folder, _, name = self.path.rpartition("/")
        self.server.asked.append(name)
        # Keras's own folder: other paths get nothing.
        body = self.server.files[name] if folder == "/tensorflow/tf-keras-datasets" else b""
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if isinstance(body, Cut) else body)
        self.close_connection = True

    def log_message(self, *_):
        """Print nothing."""


@pytest.fixture
def storage(manifest, tmp_path, monkeypatch):
    """Serve the real files under the name of the host that Keras uses."""
    if find_real(manifest)[0] is None:
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


def test_an_empty_folder_fills_with_the_real_data_sets(storage, manifest, tmp_path):
    """Five files with the real checksums, for every user; progress is reported, and nothing else is left."""
    home = tmp_path / "keras"
    told = []
    fetched = fetch(manifest, home, lambda *portion: told.append(portion))
    assert (fetched.kind, fetched.path) == ("real", home)
    assert find_real(manifest, home) == (fetched, ())
    found = [path for path in (home / "datasets").rglob("*") if path.is_file()]
    assert len(found) == 5
    assert {path.stat().st_mode & 0o777 for path in found} == {0o644}
    assert not list(home.rglob(".fetching-*"))
    assert len({name for name, _, _ in told}) == 5
    assert all(0 < done <= total for _, done, total in told)
    assert sum(done == total for _, done, total in told) >= 5


def test_what_is_there_is_not_fetched_again(storage, manifest, tmp_path):
    """After a cut connection only missing files are requested; a wrong file is replaced."""
    fetch(manifest, tmp_path)
    (tmp_path / "datasets" / "boston_housing.npz").write_bytes(b"another")
    (tmp_path / "datasets" / "fashion-mnist" / "train-labels-idx1-ubyte.gz").unlink()
    storage.asked.clear()
    fetch(manifest, tmp_path)
    assert sorted(storage.asked) == ["boston_housing.npz", "train-labels-idx1-ubyte.gz"]
    storage.asked.clear()
    fetch(manifest, tmp_path)
    assert storage.asked == []


@pytest.mark.slow
def test_keras_finds_what_was_fetched(storage, manifest, tmp_path):
    """The files are where Keras looks, so it fetches nothing itself."""
    fetch(manifest, tmp_path)
    code = "import keras; keras.datasets.boston_housing.load_data(); keras.datasets.fashion_mnist.load_data()"
    nowhere = {"KERAS_HOME": str(tmp_path), "https_proxy": "http://127.0.0.1:9", "CUDA_VISIBLE_DEVICES": "-1"}
    done = run(python_command("-c", code), environment=nowhere, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_tensorflow_is_not_imported_for_it(storage, root, tmp_path):
    """Fetching does not take TensorFlow's import time and memory."""
    code = "import sys; from pathlib import Path; from autograder.datasets import fetch"
    code += "; from autograder.rubric import load"
    code += "; fetch(load(Path(sys.argv[1])).assignment.data, Path(sys.argv[2]))"
    code += "; print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    done = run(
        python_command("-c", code, str(root / "grading.yml"), str(tmp_path)),
        environment=dict(os.environ),
        capture_output=True,
        text=True,
    )
    assert done.stdout == "False False\n", done.stderr


def test_a_file_that_is_another_is_not_taken(storage, manifest, tmp_path):
    """A file changed in transit is reported with a remedy, and no notebook runs on it."""
    storage.files["train-labels-idx1-ubyte.gz"] = storage.files["t10k-labels-idx1-ubyte.gz"]
    with pytest.raises(EnvironmentFault, match=r"could not be fetched: .*--data practice"):
        fetch(manifest, tmp_path / "keras")
    assert find_real(manifest, tmp_path / "keras")[0] is None
    assert not (tmp_path / "keras" / "datasets" / "fashion-mnist" / "train-labels-idx1-ubyte.gz").exists()


def test_a_line_that_breaks_off_leaves_nothing_behind(storage, manifest, tmp_path):
    """A partial file is not kept: the error is one line, and the folder has its earlier complete files."""
    whole = storage.files["train-images-idx3-ubyte.gz"]
    storage.files["train-images-idx3-ubyte.gz"] = Cut(whole)
    with pytest.raises(EnvironmentFault, match=r"could not be fetched: [^\n]*$"):
        fetch(manifest, tmp_path)
    assert not list(tmp_path.rglob("train-images*"))
    assert not list(tmp_path.rglob(".fetching-*"))
    storage.files["train-images-idx3-ubyte.gz"] = whole
    assert fetch(manifest, tmp_path).kind == "real"


def test_a_folder_that_cannot_be_written_to_is_named(manifest, tmp_path):
    """With a file in place of the folder, the error is one line with a remedy."""
    (tmp_path / "datasets").write_text("no folder")
    with pytest.raises(EnvironmentFault, match=r"datasets: the data sets could not be fetched: .*--data practice"):
        fetch(manifest, tmp_path)
