"""A library kept in Milvus, for what one machine cannot hold: docs/scale.md."""
