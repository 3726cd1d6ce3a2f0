"""For programs: the library over HTTP, as OpenAI's clients know it, over MCP, and as a retriever. `app.py` first."""
