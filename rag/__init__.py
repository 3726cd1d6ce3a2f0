"""The read side: question -> candidate passages -> what was read in them -> quotes -> an answer, or none."""
