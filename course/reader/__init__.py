"""Opens the course: lays the lessons down for this learner, then starts JupyterLab on them.

``labextensions/`` holds the JupyterLab extension that makes a lesson read like a page; ``settings/``
holds the JupyterLab settings that the course differs in. Both are loaded from here by ``course
start`` and touch no other JupyterLab.
"""
