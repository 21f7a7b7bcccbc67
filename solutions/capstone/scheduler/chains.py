"""A scheduler that learns while it runs: what each transaction read and wrote, and which functions have a hot slot.

A transaction waits for those below it that write what it read when it ran last. Before its first run it waits for calls
of the same contract that name the same person, and for calls of its function once two of them, which name nobody in
common, have met. When one ends, those above it that had read too early run again at once. Longest chains first.

To wait does not mean to begin late. A call pays 21,000 units of gas before it reads any slot, and how long a function
runs is known once it has run. So a call begins so long before the end of what it waits for that it reads just after it.
"""

BEFORE_SLOTS = 21_000  # units of gas, which are those of virtual time


class Scheduler:
    def __init__(self, block, cores):
        self.block, self.head = block, 0
        self.people = [{tx["sender"], *(f"0x{int(word, 16):040x}" for word in tx["words"] if int(word, 16) >> 96)}
                       for tx in block]  # fmt: skip
        self.calls = [(tx["to"], tx["selector"]) for tx in block]
        self.done, self.reads, self.writes = set(), {}, {}
        self.running, self.ended, self.lasts = {}, {}, {}  # since when, until when; how long a function runs
        self.hot = set()

    def next(self, core, now, head, news):
        self.head = head
        for event in news:
            if event["what"] == "ran":
                self.end(event["tx"], now, set(event["reads"]), set(event["writes"]))
            elif event["what"] == "stale":
                self.done.discard(event["tx"])
        waits_for = {i: self.before(i) for i in range(head, len(self.block))}
        idle = [i for i in waits_for if i not in self.done and i not in self.running]
        begin = {i: time for i in idle if (time := self.begin(i, waits_for[i] - self.done)) is not None}
        ready = [i for i in begin if begin[i] <= now]
        if head in self.done and (core == 0 or not ready):
            return ("commit",)
        if not ready:
            return ("wait", min(begin.values())) if begin else ("wait",)
        chains = self.chains(waits_for)
        best = max(ready, key=lambda i: (i == head, chains[i], -i))
        self.running[best] = now
        return ("run", best)

    def begin(self, i, unfinished):
        """When a transaction should begin; None: too far ahead to say."""
        times = [0]
        for j in unfinished:
            if j not in self.running or self.calls[j] not in self.lasts or not self.lead(j, i):
                return None
            times.append(self.running[j] + self.lasts[self.calls[j]] - self.lead(j, i))
        return max(times)

    def lead(self, j, i):
        """How long i runs before it reads what j may write: nothing where that is a nonce or a balance."""
        is_call = self.block[i]["selector"] != "0x"
        return BEFORE_SLOTS if is_call and self.block[j]["sender"] != self.block[i]["sender"] else 0

    def end(self, i, now, reads, writes):
        """Note what a run did; throw away what was read too early, by this run or by a later transaction's."""
        began = self.running.pop(i)
        self.ended[i], self.lasts[self.calls[i]] = now, now - began
        self.reads[i], self.writes[i] = reads, writes
        slots = {name for name in reads | writes if "slot" in name}
        for j in self.writes:
            is_other = j != i and self.calls[j] == self.calls[i] and not self.people[i] & self.people[j]
            if is_other and slots & self.reads[j] & (self.writes[j] | writes):
                self.hot.add(self.calls[i])
        self.done -= {j for j in self.done if j > i and self.reads[j] & writes}
        late = {j for j in self.ended if self.ended[j] > began + self.lead(j, i)} | self.running.keys()
        if not any(j in late and self.may_meet(j, i) for j in range(self.head, i)):
            self.done.add(i)  # of those that are final, the check at the end tells

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
