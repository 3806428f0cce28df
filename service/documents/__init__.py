"""The API documents as pages: made of /openapi.json and /asyncapi.json, without a script or another host."""
