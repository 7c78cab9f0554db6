"""From files, or from nothing, to a `DomainPair`; each is named in `cards.PAIRS`."""
