"""Every listing of the tutorials: what was printed, what comes out here, and why where they differ."""

from gpt.lessons.tutorials.listing import ROADS
from gpt.lessons.tutorials.table import LISTINGS


def test_every_listing_gives_what_was_printed_or_says_why_not() -> None:
    for listing in LISTINGS:
        for row in listing.outcome().printed:
            assert row.same != bool(row.why), f"{listing.key}: {row}"


def test_listings_have_a_road_words_code_and_names_of_their_own() -> None:
    assert len({one.key for one in LISTINGS}) == len(LISTINGS)
    for listing in LISTINGS:
        assert listing.road in ROADS, listing.key
        assert listing.title and listing.what, listing.key
        assert "def " in listing.source or "class " in listing.source, listing.key


def test_everything_that_can_be_turned_answers() -> None:
    for listing in LISTINGS:
        for turn in listing.turns:
            for option in turn.options[1:]:
                turned = listing.outcome({turn.key: option})
                assert repr(turned) != repr(listing.outcome()), f"{listing.key}: {turn.key}={option}"
