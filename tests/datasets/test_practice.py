"""Practice data: the shapes of the real data, and the same bytes everywhere."""

import gzip
import hashlib

import numpy as np
import pytest

from autograder.datasets.practice import houses, images, make_practice


def test_houses_have_bostons_shape_and_range():
    """506 rows, 13 columns of very different scales, prices of two digits."""
    features, prices = houses()
    assert (features.shape, prices.shape) == ((506, 13), (506,))
    assert features.std(axis=0).max() / features.std(axis=0).min() > 100
    assert 0 < prices.min() < prices.max() < 100


def test_no_practice_image_stands_in_both_parts():
    """A test image that was trained on would measure nothing."""
    (train, train_labels), (test, test_labels) = images()
    assert (train.shape, test.shape) == ((60_000, 28, 28), (10_000, 28, 28))
    assert (len(train_labels), len(test_labels)) == (60_000, 10_000)
    distinct = {image.tobytes() for image in train[:2000]}
    assert not distinct & {image.tobytes() for image in test[:400]}


def test_the_first_800_images_hold_every_class_often():
    """The exercise trains on these alone."""
    (_, labels), _ = images()
    assert np.bincount(labels[:800], minlength=10).min() >= 50


def test_practice_data_is_the_same_everywhere():
    """Known trainings are found by the bytes of their data: these may never change under the same version."""
    features, prices = houses()
    (train, train_labels), (test, test_labels) = images()
    digest = hashlib.sha256()
    for array in (features, prices, train[:2000], train_labels[:2000], test[:2000], test_labels[:2000]):
        digest.update(np.ascontiguousarray(array).tobytes())
    assert digest.hexdigest() == "b8c05e81514cf1a7f57e4ee09e1389313e1dc0f39019806c2874461a15d902bf"


@pytest.mark.parametrize("name", ["train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"])
def test_the_files_are_idx_files(tmp_path, name):
    """Keras skips the header by its length and trusts the rest."""
    folder = make_practice(tmp_path) / "datasets" / "fashion-mnist"
    content = gzip.decompress((folder / f"{name}.gz").read_bytes())
    (train, train_labels), (test, _) = images()
    expected = train_labels if "labels" in name else test
    assert content[4 + 4 * expected.ndim :] == expected.tobytes()
    assert len(train) == 60_000


def test_practice_data_is_made_once(tmp_path):
    """A second call finds what the first one wrote."""
    home = make_practice(tmp_path)
    before = (home / "datasets" / "boston_housing.npz").stat().st_mtime_ns
    assert make_practice(tmp_path) == home
    assert (home / "datasets" / "boston_housing.npz").stat().st_mtime_ns == before
