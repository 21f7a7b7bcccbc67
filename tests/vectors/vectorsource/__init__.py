"""State tests are programs and a question: which state does this one transaction leave?

The modules here state the questions; the executable specification (EELS) answers them. A family is a list of
`StateTest` values, and becomes one JSON file:

    assembly   programs as Python lists           model      StateTest and its JSON
    oracle     EELS, one transaction at a time    *_family   the questions, by subject
"""
