"""The demo: a scripted day on a broker in the process, watched by a worker like any other."""
