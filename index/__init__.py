"""The write side: files -> documents -> passages -> vectors and terms -> a library on disk."""
