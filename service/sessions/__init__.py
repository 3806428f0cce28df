"""Sessions: a backend makes one, its client streams once, the backend reads the result.

`rules` lifetimes and limits; `session` the record and its states; `tokens` what a client shows; `store` where
records lie (`memory`, `redis_store`); `limits` rates and cool-down; `desk` what backends ask for; `door` what
clients come through; `delivery` results that find the store down.
"""
