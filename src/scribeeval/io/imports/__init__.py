"""Vendor exports -> the tidy EHR-use table; one file per format."""
