"""Shipped policies."""
