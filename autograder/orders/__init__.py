"""Orders from notebooks to the trusted side: trainings, evaluations and predictions, each executed once for the class.

description ──► key ──► store ┐
arrays (shelf)       trainers ┴──► answer, and the journal's entry

desk         answers orders, from the stores or by training      counter   one notebook's limits and journal
description  what a call is, hostile until it is read            journal   entries from order and result
"""

from __future__ import annotations

from autograder.orders.desk import Desk
from autograder.orders.machine import instructions, processor
from autograder.orders.order_store import OrderStore
from autograder.orders.trainers import TrainerProtocol

__all__ = ["Desk", "OrderStore", "TrainerProtocol", "instructions", "processor"]
