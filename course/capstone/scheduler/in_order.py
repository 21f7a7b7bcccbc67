"""The simplest scheduler: one transaction after the other, whatever the number of cores. Begin here."""


class Scheduler:
    def __init__(self, block, cores):
        """Look at the block.

        Args:
            block: a dict for each transaction, in order: "sender", "to", "selector" and "words" of its data as hex,
                "value" in wei as text, "gas_limit".
            cores: how many there are, all equal.
        """
        self.has_run = set()

    def next(self, core, now, head, news):
        """Say what a free core does next.

        Args:
            core: its number, from 0.
            now: virtual time, in units of gas.
            head: the lowest transaction that is not final.
            news: what happened since the last question to any core, as dicts: {"what": "ran", "tx": 3, "reads": [...],
                "writes": [...]}, {"what": "stale", "tx": 3} (it has to run again), {"what": "final", "tx": 3}.

        Returns:
            ("run", tx): execute it. It reads the newest finished values of those below it.
            ("commit",): check the head, and make it final if all it has read still holds.
            ("commit unchecked",): without the check. It saves time, and may be wrong.
            ("wait",): until something happens; ("wait", 900): or until that time.
        """
        for event in news:
            if event["what"] == "ran":
                self.has_run.add(event["tx"])
            elif event["what"] == "stale":
                self.has_run.discard(event["tx"])
        if core != 0:
            return ("wait",)
        return ("commit",) if head in self.has_run else ("run", head)
