"""For subscribers: typed events and a breaker gate."""
