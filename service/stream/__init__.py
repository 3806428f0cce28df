"""The WebSocket protocol `liveness.v1`."""
