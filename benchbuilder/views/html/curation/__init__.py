"""The report on a curation as one HTML file: the sister of the report on judgments.

``document`` is what a page is made of. ``tables`` are its numbers, ``figures`` its plots,
``points`` the topic map, ``sections`` its sentences; ``page`` renders and writes them.
"""
