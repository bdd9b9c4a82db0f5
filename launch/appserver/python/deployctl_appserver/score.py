"""What workers and their master share: numbers in memory."""

import mmap
import struct

# The fields of a worker in the shared memory, eight bytes each; see Score.
PID, REQUESTS, EXCEPTIONS, HARAKIRIS, TX, RUNNING, SPAWNED, DEADLINE, BUSY = range(9)
SLOT_SIZE = 512
NOTE_AT = 128  # where the description of the current request begins in a slot


class Score:
    """What a worker shares with its master: numbers, and a note of the current
    request. Only the worker writes, except for SPAWNED, HARAKIRIS and PID."""

    def __init__(self, workers):
        self.workers = workers
        self.memory = mmap.mmap(-1, SLOT_SIZE * (workers + 1))
        self.numbers = memoryview(self.memory).cast("q")
        self.times = memoryview(self.memory).cast("d")

    def get(self, worker, field):
        return (self.times if field >= DEADLINE else self.numbers)[worker * SLOT_SIZE // 8 + field]

    def set(self, worker, field, value):
        (self.times if field >= DEADLINE else self.numbers)[worker * SLOT_SIZE // 8 + field] = value

    def count(self, worker, sent, microseconds):
        """Adds a request that is answered."""
        at = worker * SLOT_SIZE // 8
        numbers = self.numbers
        numbers[at + REQUESTS] += 1
        numbers[at + TX] += sent
        numbers[at + RUNNING] += microseconds

    def add(self, worker, field, value):
        self.numbers[worker * SLOT_SIZE // 8 + field] += value

    def total(self, field):
        return sum(self.get(worker, field) for worker in range(1, self.workers + 1))

    def note(self, worker, text):
        """Notes what a worker is busy with: the text's length in two bytes, and the
        text, as the supervisor sends them."""
        at = worker * SLOT_SIZE + NOTE_AT
        self.memory[at : at + len(text)] = text

    def noted(self, worker):
        at = worker * SLOT_SIZE + NOTE_AT
        n = struct.unpack_from("=H", self.memory, at)[0]
        return self.memory[at + 2 : at + 2 + n].decode("latin-1")
