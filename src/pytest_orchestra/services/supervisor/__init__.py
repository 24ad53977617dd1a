"""The process behind each service: it starts it, watches the lifeline, and ends it.

Imports little, as its start is part of every service's.
"""
