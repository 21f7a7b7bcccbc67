"""Virtual cores, and what can be measured of a run on them; which strategy runs there is the business of a backend."""
