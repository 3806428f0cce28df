"""The data engine: captures with actual depth, bona fide and attack in matched pairs through one camera path.

`scene` holds the values that its parts exchange. Bona fide: `heads` are moved by `motion` and drawn by
`render`; attack: a captured picture or video of such a head is shown on one of the `instruments`. Both pass
through the same `camera`, and `engine` makes and writes the matched groups.
"""
