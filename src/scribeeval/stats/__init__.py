"""Before/after statistics of EHR-use measures, and the simulated pilot.  Pure: no files, no clock."""
