"""What this machine can do: a service in a process of its own, streams of a face to it, and its figures.

film -> load -> served -> measure
"""
