"""Whoever runs the network for all captures.

`serving` is the contract, `embedded` ONNX Runtime in this process, `triton` a server elsewhere.
"""
