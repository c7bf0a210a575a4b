"""All listings, road by road, in the order in which one walks them."""

from __future__ import annotations

from gpt.lessons.tutorials import (
    blog_attention,
    blog_counting,
    blog_encoder,
    blog_letters,
    blog_positions,
    lecture_averages,
    lecture_bigram,
    lecture_head,
    lecture_loss,
    lecture_norm,
    lecture_program,
    lecture_scale,
    lecture_stages,
    lecture_text,
    notebook_model,
    notebook_parts,
    notebook_training,
    one_head,
)
from gpt.lessons.tutorials.listing import ROADS, Listing

# Each module of a road ends in a tuple called LISTINGS.
LISTINGS: tuple[Listing, ...] = (
    *lecture_text.LISTINGS,
    *lecture_bigram.LISTINGS,
    *lecture_loss.LISTINGS,
    *lecture_averages.LISTINGS,
    *lecture_head.LISTINGS,
    *lecture_stages.LISTINGS[:3],
    *one_head.LISTINGS,  # the log of the third
    *lecture_stages.LISTINGS[3:],
    *lecture_norm.LISTINGS,
    *lecture_program.LISTINGS,
    *lecture_scale.LISTINGS,
    *notebook_parts.LISTINGS,
    *notebook_model.LISTINGS,
    *notebook_training.LISTINGS,
    *blog_letters.LISTINGS,
    *blog_counting.LISTINGS,
    *blog_attention.LISTINGS,
    *blog_positions.LISTINGS,
    *blog_encoder.LISTINGS,
)
BY_KEY = {one.key: one for one in LISTINGS}


def of(road: str) -> tuple[Listing, ...]:
    """The listings of one of the ROADS."""
    return tuple(one for one in LISTINGS if one.road == road)


__all__ = ["BY_KEY", "LISTINGS", "ROADS", "of"]
