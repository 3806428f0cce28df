"""Depth supervision: what the network should say of each face.

G = clip((z_far - z) / (z_far - z_near), 0, 1) on the cells of the face mask and 0 elsewhere, with z_near and
z_far the 1st and 99th percentile of the mask's depth: the nose near 1, the mask's rim near 0. Attacks are 0
everywhere (paper section 5.2.1). h = w side of the depth grid, D side of a stored depth map.

Beside a cheek the mask reaches past the head. A wall metres behind would be z_far then and the face before it
one flat disc near 1, so what is more than three times as far behind z_near as the mask's middle depth is no
face (faces end at 2 to 3 times, measured on captures): it does not count for z_far, and is 0.
"""

import cv2
import numpy as np

from model.clip import BoolArray, FloatArray, Square

_FINE = 4  # depth samples per cell and axis, averaged into the cell
_NEAR, _FAR = 1.0, 99.0  # percentiles
_REACH = 3.0  # of a face behind its nearest point, in distances of the mask's middle depth


def depth_label(depth_DD: FloatArray, mask_hw: BoolArray, square: Square, *, picture_size: int) -> FloatArray:
    """The label (h, w) of a bona fide face.

    `depth_DD` holds metres over a whole picture of `picture_size` px, 0 where nothing was hit; `square` and
    the mask belong to that picture. A mask without depth gives zeros.
    """
    cells = mask_hw.shape[0]
    depth_hw = _into_cells(depth_DD, square, cells=cells, picture_size=picture_size)
    on_face = mask_hw & (depth_hw > 0)
    if not on_face.any():
        return np.zeros(mask_hw.shape, dtype=np.float32)
    near, middle = np.percentile(depth_hw[on_face], (_NEAR, 50.0))
    on_face &= depth_hw <= near + _REACH * (middle - near)
    far = np.percentile(depth_hw[on_face], _FAR)
    relief = np.clip((far - depth_hw) / max(far - near, 1e-3), 0.0, 1.0)
    return np.where(on_face, relief, 0.0).astype(np.float32)


def _into_cells(depth_DD: FloatArray, square: Square, *, cells: int, picture_size: int) -> FloatArray:
    """Mean depth of each cell of the square, over the samples that hit something."""
    scale = depth_DD.shape[0] / picture_size
    steps = (np.arange(cells * _FINE, dtype=np.float32) + 0.5) * (square.side / (cells * _FINE))
    columns, rows = np.meshgrid((square.left + steps) * scale - 0.5, (square.top + steps) * scale - 0.5)
    samples = cv2.remap(
        depth_DD.astype(np.float32),
        columns.astype(np.float32),
        rows.astype(np.float32),
        interpolation=cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    blocks = samples.reshape(cells, _FINE, cells, _FINE)
    hits = (blocks > 0).sum(axis=(1, 3))
    return np.asarray(blocks.sum(axis=(1, 3)) / np.maximum(hits, 1), dtype=np.float32)
