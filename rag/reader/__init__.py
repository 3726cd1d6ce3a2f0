"""The reader: question and passage in, the answer span and whether it answers out."""
