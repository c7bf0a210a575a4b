"""Texts to train on: name -> text, title, source, licence."""

from gpt.corpora.registry import SHELF, Corpus, CorpusUnavailable, fetch, load, names
from gpt.corpora.upload import from_file

__all__ = ["SHELF", "Corpus", "CorpusUnavailable", "fetch", "from_file", "load", "names"]
