"""The release line and the marker: what students get, and what their answers earn.

solutions/ --release--> exercises/ --bundle--> the student
                            |                      |
marking.toml --> mark <-- submission <-- child, in a sandbox
"""
