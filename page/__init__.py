"""The web page's parts: its words, its HTML, its look. `ui.py` puts them together."""
