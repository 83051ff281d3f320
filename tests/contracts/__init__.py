"""The contracts of ``topics/`` held against themselves, against the code, and against every event a test emits."""
