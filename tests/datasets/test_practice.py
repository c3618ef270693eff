"""Practice data: the shapes of the real data, and the same bytes everywhere."""

import gzip
import hashlib

import numpy as np
import pytest

from autograder.datasets.practice import digits, friedman, make_practice

IMAGES = "fashion-mnist/{}-{}-idx{}-ubyte.gz"


@pytest.fixture
def houses(manifest):
    """Features and prices as specified by the course's manifest."""
    return friedman(manifest["boston_housing.npz"].practice)


@pytest.fixture
def images(manifest):
    """Training and test images with their labels, likewise specified."""
    return tuple(
        (
            digits(manifest[IMAGES.format(part, "images", 3)].practice),
            digits(manifest[IMAGES.format(part, "labels", 1)].practice),
        )
        for part in ("train", "t10k")
    )


def test_houses_have_bostons_shape_and_range(houses):
    """506 rows, 13 columns of very different scales, prices of two digits."""
    features, prices = houses
    assert (features.shape, prices.shape) == ((506, 13), (506,))
    assert features.std(axis=0).max() / features.std(axis=0).min() > 100
    assert 0 < prices.min() < prices.max() < 100


def test_no_practice_image_stands_in_both_parts(images):
    """A test image that was trained on would measure nothing."""
    (train, train_labels), (test, test_labels) = images
    assert (train.shape, test.shape) == ((60_000, 28, 28), (10_000, 28, 28))
    assert (len(train_labels), len(test_labels)) == (60_000, 10_000)
    distinct = {image.tobytes() for image in train[:2000]}
    assert not distinct & {image.tobytes() for image in test[:400]}


def test_the_first_800_images_hold_every_class_often(images):
    """The exercise trains on these alone."""
    (_, labels), _ = images
    assert np.bincount(labels[:800], minlength=10).min() >= 50


def test_practice_data_is_the_same_everywhere(houses, images):
    """Known trainings are found by their data's bytes, which must never change within a version."""
    features, prices = houses
    (train, train_labels), (test, test_labels) = images
    digest = hashlib.sha256()
    for array in (features, prices, train[:2000], train_labels[:2000], test[:2000], test_labels[:2000]):
        digest.update(np.ascontiguousarray(array).tobytes())
    assert digest.hexdigest() == "b8c05e81514cf1a7f57e4ee09e1389313e1dc0f39019806c2874461a15d902bf"


@pytest.mark.parametrize("name", ["train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"])
def test_the_files_are_idx_files(manifest, images, tmp_path, name):
    """Keras skips the header by its length and does not check the rest."""
    folder = make_practice(manifest, tmp_path) / "datasets" / "fashion-mnist"
    content = gzip.decompress((folder / f"{name}.gz").read_bytes())
    (train, train_labels), (test, _) = images
    expected = train_labels if "labels" in name else test
    assert content[4 + 4 * expected.ndim :] == expected.tobytes()
    assert len(train) == 60_000


def test_practice_data_is_made_once(manifest, tmp_path):
    """A second call uses the files of the first."""
    home = make_practice(manifest, tmp_path)
    before = (home / "datasets" / "boston_housing.npz").stat().st_mtime_ns
    assert make_practice(manifest, tmp_path) == home
    assert (home / "datasets" / "boston_housing.npz").stat().st_mtime_ns == before


def test_another_manifest_has_files_of_its_own(manifest, tmp_path):
    """Two assignments may have different files of the same name, which are kept apart."""
    file = manifest["boston_housing.npz"]
    fewer = file.model_copy(update={"practice": file.practice.model_copy(update={"rows": 60})})
    home = make_practice({"boston_housing.npz": fewer}, tmp_path)
    assert home != make_practice({"boston_housing.npz": file}, tmp_path)
    assert np.load(home / "datasets" / "boston_housing.npz")["x"].shape == (60, 13)
    assert [path.name for path in (home / "datasets").iterdir()] == ["boston_housing.npz"]
