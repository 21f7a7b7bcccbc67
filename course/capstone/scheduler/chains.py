"""A scheduler that learns while it runs: which functions have a hot slot, and which people meet.

Two calls of one contract that name the same person wait for each other from the start. If two calls of a function meet
that name nobody in common, the function has a hot slot, and from then on its calls wait for each other. Longest chains
first.
"""


class Scheduler:
    def __init__(self, block, cores):
        self.block, self.done, self.started = block, set(), set()
        self.people = [{tx["sender"], *(f"0x{int(word, 16):040x}" for word in tx["words"] if int(word, 16) >> 96)}
                       for tx in block]  # fmt: skip
        self.is_hot, self.slots = {}, {}

    def next(self, core, now, head, news):
        for event in news:
            if event["what"] == "ran":
                self.done.add(event["tx"])
                self.learn(event["tx"], event["reads"], event["writes"])
            elif event["what"] == "stale":
                self.done.discard(event["tx"])
                self.started.discard(event["tx"])
        waits_for = {i: self.before(i, head) for i in range(head, len(self.block))}
        ready = [i for i in waits_for if i not in self.started and not waits_for[i] - self.done]
        if head in self.done and (core == 0 or not ready):
            return ("commit",)
        if not ready:
            return ("wait",)
        chains = self.chains(waits_for)
        best = max(ready, key=lambda i: (i == head, chains[i], -i))
        self.started.add(best)
        return ("run", best)

    def call(self, i):
        return self.block[i]["to"], self.block[i]["selector"]

    def learn(self, i, reads, writes):
        """A function is hot if two calls that name nobody in common meet at a slot."""
        key = self.call(i)
        mine = {name for name in reads if "slot" in name}, {name for name in writes if "slot" in name}
        for j, (read, written) in self.slots.setdefault(key, {}).items():
            if i != j and not self.people[i] & self.people[j] and (read & mine[1] or written & mine[0]):
                self.is_hot[key] = True
        self.slots[key][i] = mine

    def before(self, i, head):
        """The nearest transactions that this one should wait for: of the same sender, person, or hot function."""
        found, key = set(), self.call(i)
        for j in range(i - 1, head - 1, -1):
            same_people = self.block[j]["to"] == key[0] and self.people[i] & self.people[j]
            if same_people or self.block[i]["sender"] == self.block[j]["sender"]:
                found.add(j)
            elif self.call(j) == key and self.is_hot.get(key):
                return found | {j}
        return found

    def chains(self, waits_for):
        """How many transactions must come one after the other, from each on."""
        length = dict.fromkeys(waits_for, 1)
        for i in sorted(waits_for, reverse=True):
            for j in waits_for[i] & length.keys():
                length[j] = max(length[j], length[i] + 1)
        return length
