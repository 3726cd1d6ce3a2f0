"""Quotes -> a written answer from a language model of the user's choice, each sentence checked against them."""
