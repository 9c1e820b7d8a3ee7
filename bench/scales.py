"""How big the synthetic world is: everything follows from the number of findings."""

from dataclasses import dataclass

NAMED = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}


@dataclass(frozen=True, slots=True)
class Scale:
    """A world of so many findings; at a million it has 25,000 organisations, 20,000 of them the big buyer's."""

    name: str
    findings: int

    @classmethod
    def named(cls, name: str) -> "Scale":
        """Return the scale with this name, a key of `NAMED`."""
        return cls(name, NAMED[name])

    @property
    def organisations(self) -> int:
        """All of them."""
        return max(40, self.findings // 40)

    @property
    def suppliers(self) -> int:
        """Nine of ten organisations."""
        return self.organisations * 9 // 10

    @property
    def firms(self) -> int:
        """Audit firms, few and of very different size."""
        return max(4, self.organisations // 250)

    @property
    def buyers(self) -> int:
        """The rest; the first is the big one, the last the mid-sized one that is watched."""
        return max(4, self.organisations - self.suppliers - self.firms)

    @property
    def big(self) -> int:
        """Suppliers of the big buyer."""
        return min(self.suppliers, max(20, self.findings // 50))

    @property
    def mid(self) -> int:
        """Suppliers of the mid-sized buyer."""
        return max(5, self.big // 40)

    @property
    def audits(self) -> int:
        """Three audits bring ten findings."""
        return max(30, self.findings * 3 // 10)
