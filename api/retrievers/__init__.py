"""The library as a retriever of LangChain and of Haystack, for programs that have one of them installed."""
