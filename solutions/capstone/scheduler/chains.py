"""A scheduler that learns while it runs: what each transaction read and wrote, and which functions have a hot slot.

A transaction waits for those below it that write what it read when it ran last. Before its first run it waits for calls
of the same contract that name the same person, and for calls of its function once two of them, which name nobody in
common, have met. When one ends, those above it that had read too early run again at once. Longest chains first.
"""


class Scheduler:
    def __init__(self, block, cores):
        self.block, self.head = block, 0
        self.people = [{tx["sender"], *(f"0x{int(word, 16):040x}" for word in tx["words"] if int(word, 16) >> 96)}
                       for tx in block]  # fmt: skip
        self.calls = [(tx["to"], tx["selector"]) for tx in block]
        self.done, self.running, self.reads, self.writes = set(), {}, {}, {}
        self.hot = set()

    def next(self, core, now, head, news):
        self.head = head
        for event in news:
            if event["what"] == "ran" and self.running.pop(event["tx"], None) is not None:
                self.end(event["tx"], set(event["reads"]), set(event["writes"]))
            elif event["what"] == "stale":
                self.done.discard(event["tx"])
        waits_for = {i: self.before(i) for i in range(head, len(self.block))}
        ready = [i for i in waits_for if i not in self.done | self.running.keys() and waits_for[i] <= self.done]
        if head in self.done and (core == 0 or not ready):
            return ("commit",)
        if not ready:
            return ("wait",)
        chains = self.chains(waits_for)
        best = max(ready, key=lambda i: (i == head, chains[i], -i))
        self.running[best] = True
        return ("run", best)

    def end(self, i, reads, writes):
        """Note what a run did; throw away what was read too early, this run or a later transaction's."""
        self.reads[i], self.writes[i] = reads, writes
        self.done.add(i)
        slots = {name for name in reads | writes if "slot" in name}
        for j in self.writes:
            is_other = j != i and self.calls[j] == self.calls[i] and not self.people[i] & self.people[j]
            if is_other and slots & self.reads[j] & (self.writes[j] | writes):
                self.hot.add(self.calls[i])
        for j in sorted(self.done):
            if j > i and self.reads[j] & writes:
                self.done.discard(j)

    def before(self, i):
        """The transactions that this one should wait for."""
        return {j for j in range(self.head, i) if self.may_meet(j, i)}

    def may_meet(self, j, i):
        if i in self.reads and j in self.writes:  # both have run
            return bool(self.writes[j] & self.reads[i])
        (contract, _), (other, _) = self.calls[i], self.calls[j]
        same_people = contract == other and self.people[i] & self.people[j]
        same_sender = self.block[i]["sender"] == self.block[j]["sender"]
        return bool(same_people) or same_sender or self.calls[j] == self.calls[i] in self.hot

    def chains(self, waits_for):
        """How many transactions must come one after the other, from each on."""
        length = dict.fromkeys(waits_for, 1)
        for i in sorted(waits_for, reverse=True):
            for j in waits_for[i] & length.keys():
                length[j] = max(length[j], length[i] + 1)
        return length
