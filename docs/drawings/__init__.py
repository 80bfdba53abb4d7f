"""The pictures of the documents, drawn by running the library: prices, lives, layers, a box, and what prices give away.

``make pictures`` writes them to ``docs/pictures``; a test holds them to what the code says today.
"""
