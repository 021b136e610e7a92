"""The report as one HTML file that needs no network, with its tables beside it; and the browser of
judgments.

``report`` is what a page is made of. ``board``, ``sections``, ``figures``, ``matrices``,
``benchmark`` and ``fine_print`` prepare its parts, ``page`` renders them, ``tables`` lie
beside it, ``browser`` is the reading room for games. Templates, styles and scripts are plain files
in ``templates``.
"""
