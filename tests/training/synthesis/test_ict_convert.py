"""ICT-FaceKit's meshes become the npz that the engine reads."""

from pathlib import Path

import numpy as np
import pytest

from training.synthesis.content import model_content
from training.synthesis.ict import load_face_model
from training.synthesis.ict_convert import NEUTRAL, BrokenMeshError, convert_face_model, read_obj

POINTS = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 2, 0.5]], np.float64)


def obj(points: np.ndarray) -> str:
    """A square and a triangle of two materials, as the model's own files are written."""
    return "\n".join(
        [
            "mtllib ICTFaceModelMaterial.mtl",
            *(f"v {x:.15f} {y:.15f} {z:.15f}" for x, y, z in points),
            *(f"vt {u} {v}" for u, v in ((0, 0), (1, 0), (1, 1), (0, 1), (0.5, 1))),
            "vn 0 0 1",
            "g face",
            "usemtl M_Face",
            "f 1/1 2/2 3/3 4/4",
            "usemtl M_BackHead",
            "f 4/4 3/3 5/5",
            "",
        ]
    )


def face_x_model(folder: Path) -> Path:
    folder.mkdir()
    (folder / f"{NEUTRAL}.obj").write_text(obj(POINTS))
    (folder / "identity000.obj").write_text(obj(POINTS + np.array([0.5, 0, 0])))
    (folder / "identity001.obj").write_text(obj(POINTS * 2))
    (folder / "jawOpen.obj").write_text(obj(POINTS - np.array([0, 0.25, 0])))
    return folder


def test_polygons_become_fans_of_triangles(tmp_path: Path) -> None:
    mesh = read_obj(face_x_model(tmp_path / "FaceXModel") / f"{NEUTRAL}.obj")
    assert mesh.triangles_F3.tolist() == [[0, 1, 2], [0, 2, 3], [3, 2, 4]]


def test_each_triangle_keeps_its_material(tmp_path: Path) -> None:
    mesh = read_obj(face_x_model(tmp_path / "FaceXModel") / f"{NEUTRAL}.obj")
    assert [mesh.materials[index] for index in mesh.material_F] == ["M_Face", "M_Face", "M_BackHead"]


def test_identities_and_expressions_are_differences_in_order_of_their_names(tmp_path: Path) -> None:
    convert_face_model(face_x_model(tmp_path / "FaceXModel"), tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz") as stored:
        assert stored["identity_names"].tolist() == ["identity000", "identity001"]
        np.testing.assert_array_equal(stored["identity"][0], np.broadcast_to([0.5, 0, 0], (5, 3)))
        np.testing.assert_array_equal(stored["expression"][0], np.broadcast_to([0, -0.25, 0], (5, 3)))


def test_the_engine_reads_what_was_converted(tmp_path: Path) -> None:
    convert_face_model(face_x_model(tmp_path / "FaceXModel"), tmp_path / "model.npz")
    model = load_face_model(tmp_path / "model.npz")
    np.testing.assert_allclose(model.shape(np.float32([1, 0]))[1], [0.015, 0, 0], atol=1e-6)


def test_converting_twice_gives_the_same_content(tmp_path: Path) -> None:
    folder = face_x_model(tmp_path / "FaceXModel")
    convert_face_model(folder, tmp_path / "one.npz")
    convert_face_model(folder, tmp_path / "two.npz")
    assert model_content(tmp_path / "one.npz") == model_content(tmp_path / "two.npz")


def test_a_moved_vertex_changes_the_content(tmp_path: Path) -> None:
    folder = face_x_model(tmp_path / "FaceXModel")
    convert_face_model(folder, tmp_path / "one.npz")
    (folder / "jawOpen.obj").write_text(obj(POINTS - np.array([0, 0.3, 0])))
    convert_face_model(folder, tmp_path / "two.npz")
    assert model_content(tmp_path / "one.npz") != model_content(tmp_path / "two.npz")


def test_a_mesh_of_another_shape_is_named(tmp_path: Path) -> None:
    folder = face_x_model(tmp_path / "FaceXModel")
    (folder / "jawOpen.obj").write_text(obj(POINTS[:4]))
    with pytest.raises(BrokenMeshError, match=r"jawOpen\.obj has 4 vertices, the neutral mesh 5"):
        convert_face_model(folder, tmp_path / "model.npz")


def test_another_folder_is_refused_with_what_it_must_be(tmp_path: Path) -> None:
    with pytest.raises(BrokenMeshError, match="FaceXModel"):
        convert_face_model(tmp_path, tmp_path / "model.npz")


def test_a_mesh_without_texture_coordinates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plain.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    with pytest.raises(BrokenMeshError, match="texture"):
        read_obj(tmp_path / "plain.obj")
