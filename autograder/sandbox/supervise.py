"""Supervise one execution from outside: feed it, read from it, stop it, and determine how it ended.

A single thread runs a single loop, which neither the notebook nor the trainings it ordered can block: reads and writes
are non-blocking, a pending answer wakes the loop when it is ready, an unread answer delays only what follows it, and
the end never depends on a pipe being closed.
"""

from __future__ import annotations

import selectors
import time
from typing import Any

from autograder.errors import AutograderError, WireError
from autograder.records import Detail, Job, Run, RunVerdict, Usage
from autograder.rubric.run_spec import RunSpec
from autograder.sandbox.conversation import Conversation
from autograder.sandbox.death import judge_death
from autograder.sandbox.enclosure import Enclosure
from autograder.sandbox.ending import Ending
from autograder.sandbox.interfaces import DeskProtocol, Observe, ignore_progress
from autograder.sandbox.limits import MEBIBYTE, Progress, overrun_in_time
from autograder.sandbox.meter import Meter
from autograder.sandbox.order_frames import Ordering
from autograder.sandbox.outgoing import Outgoing
from autograder.sandbox.payload_process import Role, Start
from autograder.sandbox.pipes import OurEnds, Pipes, read_available
from autograder.sandbox.waiting import Bell, NotebookClock
from autograder.wire import Decoder, encode

VALUE_BYTES = 512 * 1024
"""The largest value of a variable that the payload may send."""

OUTPUT_TAIL_BYTES = 8 * 1024

_POLL_SECONDS = 0.1
_DRAIN_SECONDS = 2.0
_LONGEST_LINE = 300


def supervise(
    job: Job,
    run_spec: RunSpec,
    desk: DeskProtocol,
    start: Start,
    backend: str,
    observe: Observe = ignore_progress,
) -> Run:
    """Execute a job in the process that `start` starts.

    Nothing that the notebook does raises an exception here; faults of the grader become the verdict INTERNAL.
    """
    with Bell() as bell:
        return _Supervision(job, run_spec, desk, bell, observe).run(start, backend)


class _Supervision:
    def __init__(self, job: Job, run_spec: RunSpec, desk: DeskProtocol, bell: Bell, observe: Observe) -> None:
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
        self._closed_since: float | None = None
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
                    # First of all: what survives the notebook must not write its evidence.
                    self._ordering.close()
                    enclosure.destroy()
                ending = self._drain(pipes.ours, exit_status, ending)
        except AutograderError as error:
            ending = Ending(RunVerdict.INTERNAL, Detail.of("error", error=str(error)))
        except Exception as error:  # noqa: BLE001 (a fault of ours costs one grade, not the whole batch)
            ending = Ending(RunVerdict.INTERNAL, Detail.of("error", error=f"{type(error).__name__}: {error}"))
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
        """Run the loop until the execution ends; None if it ended by itself and its pipes may hold unread data."""
        next_poll = self._began
        with selectors.DefaultSelector() as selector:
            selector.register(enclosure.exit_fd, selectors.EVENT_READ)
            selector.register(ours.output, selectors.EVENT_READ)
            selector.register(self._bell.descriptor, selectors.EVENT_READ)
            while True:
                self._update_interest(selector, ours)
                ready = {key.fd for key, _ in selector.select(max(0.0, next_poll - time.monotonic()))}
                if ours.output in ready and not self._read_output(ours.output):
                    selector.unregister(ours.output)
                self._exchange(ours, ready)
                if (ending := self._process_frames()) is not None:
                    return ending
                self._answer()
                if enclosure.exit_fd in ready or self._pipe_closed_too_long():
                    return None
                if (ending := self._judge_time()) is not None:
                    return ending
                if time.monotonic() >= next_poll:
                    if (ending := self._meter.judge(enclosure)) is not None:
                        return ending
                    next_poll = time.monotonic() + _POLL_SECONDS

    def _exchange(self, ours: OurEnds, ready: set[int]) -> None:
        """Write and read whatever is possible without blocking."""
        if self._bell.descriptor in ready:
            self._bell.clear()
        if ours.orders in ready:
            self._outgoing.write(ours.orders)
        if ours.frames in ready:
            self._read_frames(ours.frames)

    def _update_interest(self, selector: selectors.BaseSelector, ours: OurEnds) -> None:
        """Wait for writing while output is pending, and read frames only once it has been fetched."""
        _interest(selector, ours.orders, selectors.EVENT_WRITE, wanted=bool(self._outgoing))
        listening = self._closed_since is None and not self._outgoing
        _interest(selector, ours.frames, selectors.EVENT_READ, wanted=listening)

    def _read_output(self, descriptor: int) -> bool:
        """Keep the tail of the notebook's output; return False at end of file."""
        data = read_available(descriptor)
        if data:
            self._output_bytes += len(data)
            self._output_tail = (self._output_tail + data)[-OUTPUT_TAIL_BYTES:]
        return data != b""

    def _read_frames(self, descriptor: int) -> bool:
        """Pass received bytes to the decoder; return False if there were none."""
        data = read_available(descriptor)
        if data == b"":
            self._closed_since = time.monotonic()
        elif data:
            self._conversation.count_received(len(data))
            self._decoder.push(data)
        return bool(data)

    def _process_frames(self) -> Ending | None:
        """Process complete frames, pausing while output is pending."""
        conversation = self._conversation
        while conversation.ending is None and not self._outgoing:
            try:
                message = self._decoder.pop()
                if message is None:
                    break
                ended_before = conversation.cells_ended
                question = conversation.receive(message, self._clock.now())
            except WireError as error:
                return Ending(RunVerdict.CRASHED, Detail.of("ended.protocol", error=str(error)))
            if question is not None:
                self._outgoing.put([encode(question)])
            if conversation.cells_ended > ended_before:
                self._observe(self._job.id, conversation.cells_ended, len(self._job.cells))
        return conversation.ending

    def _answer(self) -> None:
        """Send the answer of the pending order once it is ready.

        The notebook's clock resumes when the answer is ready, not when it has been read: a notebook that never reads
        would otherwise stop its clock forever.
        """
        pieces = self._ordering.take_answer()
        if pieces is not None:
            self._outgoing.put(pieces)
        self._clock.stand_still(still=self._ordering.waiting)

    def _pipe_closed_too_long(self) -> bool:
        """Return whether the pipe was closed so long ago that the process's end should have been noticed."""
        return self._closed_since is not None and time.monotonic() - self._closed_since > _DRAIN_SECONDS

    def _judge_time(self) -> Ending | None:
        now = self._clock.now()
        cell = self._conversation.running
        if not self._conversation.greeted:
            # A busy machine may start the payload slowly; that does not count as the notebook's time.
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

    def _drain(self, ours: OurEnds, exit_status: int | None, ending: Ending | None) -> Ending:
        """Read what is left in the pipes of a dead execution, which is finite."""
        while self._output_bytes <= self._limits.output_mebibytes * MEBIBYTE:
            before = self._output_bytes
            if not self._read_output(ours.output) or self._output_bytes == before:
                break
        self._outgoing.clear()
        while ending is None:
            ending = self._process_frames()
            if ending is None and not self._read_frames(ours.frames):
                return self._judge_death(exit_status)
        return ending

    def _judge_death(self, exit_status: int | None) -> Ending:
        running = self._conversation.running
        return self._meter.overrun() or judge_death(exit_status, running, oom_killed=self._meter.oom_killed())

    def _attribute(self, ending: Ending) -> Ending:
        """Attribute a failure: before the first cell started, no student code had run."""
        if ending.verdict is RunVerdict.COMPLETE or self._conversation.student_code_ran:
            return ending
        how = ending.detail or Detail.of("ended.pipe")
        if lines := self._output().strip().splitlines():
            how = Detail.of("ended.saying", how=how, output=lines[-1][:_LONGEST_LINE])
        return Ending(RunVerdict.INTERNAL, Detail.of("ended.before_first_cell", how=how))

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
