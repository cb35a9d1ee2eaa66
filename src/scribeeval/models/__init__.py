"""Models: transcribers and drafters.  Heavy libraries are imported inside the functions that use them."""
