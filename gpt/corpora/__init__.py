"""Texts to train on: name -> text, title, source, licence."""

from gpt.corpora.registry import Corpus, CorpusUnavailable, fetch, from_file, load, names

__all__ = ["Corpus", "CorpusUnavailable", "fetch", "from_file", "load", "names"]
