"""The zk-rollup: a STARK in numpy, from the field upwards. Its modules need numpy, of the `course` extra."""
