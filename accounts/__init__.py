"""Who may do what, where the library is served to others: people, their tokens and sessions, and the audit log."""
