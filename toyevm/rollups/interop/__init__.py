"""Messages between layers: who may believe a log of another chain, and what becomes of who believed a wrong one."""
