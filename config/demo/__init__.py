"""The demo world: twenty invented organisations and what happened between them in four years.

The words are data (`data/*.yaml`, `data/sites.csv`); the modules turn them into dated steps that play on a `Stage`,
oldest first, through the very actions that pages and API use. Everything is counted back from the day of loading,
so that it never looks stale, and drawn from fixed seeds, so that two worlds loaded on one day tell the same story
(public codes are drawn anew, except those of organisations).

Real factories stand in one place only: the buyer's register, imported from the public lists in `sourcing`.
"""
