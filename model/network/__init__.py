"""The network of Wang et al., CVPR 2020, as one definition for training, export and every variant.

`liveness` reads as the paper's figure 3; `frame` is the residual spatial gradient backbone, `temporal` the
spatio-temporal propagation module, `gradient` the block of figure 4, `config` the variants.
"""
