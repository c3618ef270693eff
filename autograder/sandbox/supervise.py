"""Watch one execution from outside: feed it, listen to it, stop it, and say how it ended.

One thread, one loop. Nothing that runs inside can make it wait, and no training that it ordered: no read or write
blocks, an answer that is not there yet rings a bell, one that is not fetched holds back only what comes after it, and
the end never depends on a pipe being closed.
"""

from __future__ import annotations

import selectors
import time
from typing import Any

from autograder.errors import AutograderError, WireError
from autograder.records import Job, Run, RunVerdict, Usage
from autograder.sandbox.conversation import Conversation
from autograder.sandbox.death import judge_death
from autograder.sandbox.enclosure import Enclosure
from autograder.sandbox.ending import Ending
from autograder.sandbox.interfaces import Desk, Observe, ignore_progress
from autograder.sandbox.limits import MEBIBYTE, Progress, overrun_in_time
from autograder.sandbox.meter import Meter
from autograder.sandbox.ordering import Ordering
from autograder.sandbox.outgoing import Outgoing
from autograder.sandbox.payload_process import Role, Start
from autograder.sandbox.pipes import OurEnds, Pipes, read_available
from autograder.sandbox.waiting import Bell, NotebookClock
from autograder.spec.run_spec import RunSpec
from autograder.wire import Decoder, encode

VALUE_BYTES = 512 * 1024
"""The largest value of one variable that the payload may send."""

OUTPUT_TAIL_BYTES = 8 * 1024

_LOOK_SECONDS = 0.1
_LAST_WORDS_SECONDS = 2.0


def supervise(
    job: Job,
    run_spec: RunSpec,
    desk: Desk,
    start: Start,
    backend: str,
    observe: Observe = ignore_progress,
) -> Run:
    """Execute a job in what `start` starts.

    Nothing that the notebook does raises an exception here; our own faults become the verdict INTERNAL.
    """
    with Bell() as bell:
        return _Supervision(job, run_spec, desk, bell, observe).run(start, backend)


class _Supervision:
    def __init__(self, job: Job, run_spec: RunSpec, desk: Desk, bell: Bell, observe: Observe) -> None:
        self._job = job
        self._limits = run_spec.limits
        self._bell = bell
        self._observe = observe
        self._watched = frozenset(run_spec.variables)
        self._counter = desk.open(job)
        self._ordering = Ordering(self._counter, self._limits.order_mebibytes * MEBIBYTE, bell.ring)
        evidence_bytes = self._limits.evidence_mebibytes * MEBIBYTE
        self._conversation = Conversation(job, self._watched, evidence_bytes, self._ordering)
        self._decoder = Decoder()
        self._outgoing = Outgoing()
        self._output_tail = bytearray()
        self._output_bytes = 0
        self._meter = Meter(self._limits)
        self._silent_since: float | None = None
        self._clock = NotebookClock()
        self._began = time.monotonic()
        self._notebook_began = self._clock.now()

    def run(self, start: Start, backend: str) -> Run:
        try:
            with Pipes() as pipes:
                self._outgoing.put([encode(self._task())])
                enclosure = start(pipes.theirs, Role.NOTEBOOK)
                try:
                    pipes.close_theirs()
                    ending = self._watch(enclosure, pipes.ours)
                    exit_status = enclosure.exit_status()
                    self._meter.measure(enclosure)
                finally:
                    # Before anything else is read: what survives the notebook must not write its evidence.
                    self._ordering.hang_up()
                    enclosure.destroy()
                ending = self._hear_the_rest(pipes.ours, exit_status, ending)
        except AutograderError as error:
            ending = Ending(RunVerdict.INTERNAL, str(error))
        except Exception as error:  # noqa: BLE001 (a fault of ours costs this job its grade, never the batch its end)
            ending = Ending(RunVerdict.INTERNAL, f"{type(error).__name__}: {error}")
        return self._build(self._attribute(ending), backend)

    def _task(self) -> dict[str, Any]:
        job = self._job
        return {
            "type": "job",
            "cells": [{"index": cell.index, "source": cell.source} for cell in job.cells],
            "watched": sorted(self._watched),
            "parameters": job.parameters,
            "parameters_cell": job.parameters_cell,
            "cell_seconds": self._limits.cell_seconds,
            "value_bytes": VALUE_BYTES,
        }

    def _watch(self, enclosure: Enclosure, ours: OurEnds) -> Ending | None:
        """Listen until something ends the execution; None if it ended by itself and may have left words unread."""
        next_look = self._began
        with selectors.DefaultSelector() as selector:
            selector.register(enclosure.exit_fd, selectors.EVENT_READ)
            selector.register(ours.output, selectors.EVENT_READ)
            selector.register(self._bell.descriptor, selectors.EVENT_READ)
            while True:
                self._show_interest(selector, ours)
                ready = {key.fd for key, _ in selector.select(max(0.0, next_look - time.monotonic()))}
                if ours.output in ready and not self._read_output(ours.output):
                    selector.unregister(ours.output)
                self._exchange(ours, ready)
                if (ending := self._take_in()) is not None:
                    return ending
                self._answer()
                if enclosure.exit_fd in ready or self._fell_silent():
                    return None
                if (ending := self._judge_time()) is not None:
                    return ending
                if time.monotonic() >= next_look:
                    if (ending := self._meter.judge(enclosure)) is not None:
                        return ending
                    next_look = time.monotonic() + _LOOK_SECONDS

    def _exchange(self, ours: OurEnds, ready: set[int]) -> None:
        """Write and read what can be at once."""
        if self._bell.descriptor in ready:
            self._bell.hear()
        if ours.orders in ready:
            self._outgoing.write(ours.orders)
        if ours.frames in ready:
            self._read_frames(ours.frames)

    def _show_interest(self, selector: selectors.BaseSelector, ours: OurEnds) -> None:
        """Write while there is something to write, and listen only to who has fetched what was said."""
        _interest(selector, ours.orders, selectors.EVENT_WRITE, wanted=bool(self._outgoing))
        listening = self._silent_since is None and not self._outgoing
        _interest(selector, ours.frames, selectors.EVENT_READ, wanted=listening)

    def _read_output(self, descriptor: int) -> bool:
        """Keep the end of what the notebook printed; False when there will be no more."""
        data = read_available(descriptor)
        if data:
            self._output_bytes += len(data)
            self._output_tail = (self._output_tail + data)[-OUTPUT_TAIL_BYTES:]
        return data != b""

    def _read_frames(self, descriptor: int) -> bool:
        """Push what has arrived to the decoder; False when nothing had."""
        data = read_available(descriptor)
        if data == b"":
            self._silent_since = time.monotonic()
        elif data:
            self._conversation.hear(len(data))
            self._decoder.push(data)
        return bool(data)

    def _take_in(self) -> Ending | None:
        """Take in the frames that are complete, as long as what they lead to is fetched."""
        conversation = self._conversation
        while conversation.ending is None and not self._outgoing:
            try:
                message = self._decoder.pop()
                if message is None:
                    break
                ended_before = conversation.cells_ended
                question = conversation.receive(message, self._clock.now())
            except WireError as error:
                return Ending(RunVerdict.CRASHED, f"the notebook broke the protocol: {error}")
            if question is not None:
                self._outgoing.put([encode(question)])
            if conversation.cells_ended > ended_before:
                self._observe(self._job.id, conversation.cells_ended, len(self._job.cells))
        return conversation.ending

    def _answer(self) -> None:
        """Answer the order that waits, if there is an answer.

        The clock goes on as soon as there is one, not when all of it was fetched: it would stand still for ever for a
        notebook that fetches nothing.
        """
        pieces = self._ordering.take_answer()
        if pieces is not None:
            self._outgoing.put(pieces)
        self._clock.stand_still(still=self._ordering.waiting)

    def _fell_silent(self) -> bool:
        """Tell whether the pipe was closed long enough ago that the process's end would have been noticed."""
        return self._silent_since is not None and time.monotonic() - self._silent_since > _LAST_WORDS_SECONDS

    def _judge_time(self) -> Ending | None:
        now = self._clock.now()
        cell = self._conversation.running
        if not self._conversation.greeted:
            # A busy machine may take long to start the payload: that time is not the notebook's.
            self._notebook_began = now
        progress = Progress(
            startup_seconds=self._notebook_began - self._began,
            elapsed_seconds=now - self._notebook_began,
            cell=cell,
            cell_seconds=0.0 if cell is None else now - cell.since,
            greeted=self._conversation.greeted,
            output_bytes=self._output_bytes,
        )
        return overrun_in_time(progress, self._limits)

    def _hear_the_rest(self, ours: OurEnds, exit_status: int | None, ending: Ending | None) -> Ending:
        """Read what lies in the pipes of an execution that is dead: finite, whatever it had meant to say."""
        while self._output_bytes <= self._limits.output_mebibytes * MEBIBYTE:
            before = self._output_bytes
            if not self._read_output(ours.output) or self._output_bytes == before:
                break
        self._outgoing.clear()
        while ending is None:
            ending = self._take_in()
            if ending is None and not self._read_frames(ours.frames):
                return self._judge_death(exit_status)
        return ending

    def _judge_death(self, exit_status: int | None) -> Ending:
        running = self._conversation.running
        return self._meter.overrun() or judge_death(exit_status, running, starved=self._meter.starved())

    def _attribute(self, ending: Ending) -> Ending:
        """Say whose fault it is: before the first cell began, no student's code had run."""
        if ending.verdict is RunVerdict.COMPLETE or self._conversation.student_code_ran:
            return ending
        lines = self._output().strip().splitlines()
        last_line = f": {lines[-1][:300]}" if lines else ""
        return Ending(RunVerdict.INTERNAL, f"before the first cell: {ending.detail}{last_line}")

    def _output(self) -> str:
        return self._output_tail.decode(errors="replace")

    def _build(self, ending: Ending, backend: str) -> Run:
        conversation, counter = self._conversation, self._counter
        return Run(
            job_id=self._job.id,
            verdict=ending.verdict,
            detail=ending.detail,
            backend=backend,
            cells=conversation.outcomes(ending, self._clock.now()),
            values=conversation.values,
            trainings=tuple(counter.trainings),
            evaluations=tuple(counter.evaluations),
            figures=tuple(conversation.figures),
            versions=conversation.versions,
            usage=Usage(
                wall_seconds=round(time.monotonic() - self._began, 3),
                cpu_seconds=round(self._meter.cpu_seconds, 3),
                peak_memory_bytes=self._meter.peak_memory_bytes,
                output_bytes=self._output_bytes,
                replayed=counter.replayed,
                unknown=counter.unknown,
                training_seconds=round(counter.training_seconds, 3),
                training_cpu_seconds=round(counter.training_cpu_seconds, 3),
            ),
            output_tail=self._output(),
            loops=tuple(counter.loops),
            faults=tuple(counter.faults),
            doubtful=ending.doubtful,
        )


def _interest(selector: selectors.BaseSelector, descriptor: int, event: int, *, wanted: bool) -> None:
    registered = descriptor in selector.get_map()
    if wanted and not registered:
        selector.register(descriptor, event)
    elif registered and not wanted:
        selector.unregister(descriptor)
