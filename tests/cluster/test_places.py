"""The places on machines: never two units in one, and none on a machine that is gone."""

import threading
import time

import pytest

from autograder.cluster.places import Machine, Places
from autograder.errors import EnvironmentFault


@pytest.fixture
def places():
    """Places that wait for no machine."""
    return Places(patience_seconds=0)


def test_the_least_busy_machine_is_first(places):
    """In proportion to its places."""
    small, large = Machine("small", 1), Machine("large", 3)
    places.add(small)
    places.add(large)
    assert sorted(places.take().address for _ in range(4)) == ["large", "large", "large", "small"]
    assert (small.busy, large.busy) == (1, 3)
    places.give_back(small)
    assert places.take() is small


def test_a_thread_waits_for_a_place(places):
    """Until one is given back, or a machine comes."""
    places.add(one := Machine("one", 1))
    assert places.take() is one
    taken = []
    thread = threading.Thread(target=lambda: taken.append(places.take()))
    thread.start()
    time.sleep(0.05)
    assert taken == []
    places.add(two := Machine("two", 1))
    thread.join(10)
    assert taken == [two]


def test_a_doubted_machine_is_avoided_while_there_is_another(places):
    """And taken if it is the only one."""
    places.add(one := Machine("one", 5))
    places.add(two := Machine("two", 5))
    assert [places.take(one) for _ in range(3)] == [two] * 3
    places.lose("two")
    assert places.take(one) is one


def test_a_lost_machine_is_marked_and_gives_no_place(places):
    """Those who wait for its answer see the mark."""
    places.add(one := Machine("one", 1))
    assert places.lose("one")
    assert not places.lose("one")
    assert one.gone
    assert places.machines == 0
    with pytest.raises(EnvironmentFault, match="no machine of the cluster"):
        places.take()


def test_at_the_end_nobody_waits():
    """However patient they are."""
    places = Places(patience_seconds=1000)
    raised = []

    def wait():
        try:
            places.take()
        except EnvironmentFault as error:
            raised.append(error.what)

    thread = threading.Thread(target=wait)
    thread.start()
    places.close()
    thread.join(10)
    assert raised == ["the command ended before a notebook was executed"]
