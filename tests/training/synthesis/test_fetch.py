"""Missing assets come from git at a pinned commit: whole files only, and on from where it stopped."""

import hashlib
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.training.synthesis.test_ict_convert import face_x_model
from training.synthesis.assets import FACE_MODEL, Folder, State, file_states
from training.synthesis.content import model_content
from training.synthesis.fetch import fetch_missing
from training.synthesis.git_source import GitSource
from training.synthesis.ict_convert import convert_face_model
from training.synthesis.library import MissingAssetsError

HEAD = "heads/valid/one.glb"
UPSTREAM = "avatars/some group/one.glb"


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)
    return done.stdout.decode().strip()


def repository(folder: Path, files: Mapping[str, bytes]) -> str:
    """A repository that gives single files, as the public hosts do, and its commit."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    git(folder, "init", "--quiet")
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "upstream")
    return git(folder, "rev-parse", "HEAD")


def heads(tmp_path: Path, *, commit: str | None = None) -> Mapping[str, Folder]:
    made = repository(tmp_path / "upstream", {UPSTREAM: b"head", "avatars/other.glb": b"x" * 9000})
    return {"heads/valid": Folder("heads/valid", f"file://{tmp_path}/upstream", commit or made, "MIT")}


def manifest(tmp_path: Path, name: str = HEAD, source: str = f"o/r @c, {UPSTREAM}") -> Path:
    path = tmp_path / "manifest.csv"
    path.write_text(f'file,sha256,source\n{name},{hashlib.sha256(b"head").hexdigest()},"{source}"\n')
    return path


def test_a_missing_file_is_fetched_from_its_place_in_the_repository(tmp_path: Path) -> None:
    table = manifest(tmp_path)
    fetch_missing([HEAD], tmp_path / "assets", origins=heads(tmp_path), manifest=table)
    assert file_states(tmp_path / "assets", table) == {HEAD: State.THERE}


def test_an_abbreviated_commit_is_enough(tmp_path: Path) -> None:
    full = heads(tmp_path)["heads/valid"]
    short = {"heads/valid": Folder(full.path, full.source, full.commit[:7], "MIT")}
    fetch_missing([HEAD], tmp_path / "assets", origins=short, manifest=manifest(tmp_path))
    assert (tmp_path / "assets" / HEAD).read_bytes() == b"head"


def test_the_pinned_commit_is_fetched_not_the_newest(tmp_path: Path) -> None:
    origins = heads(tmp_path)
    (tmp_path / "upstream" / UPSTREAM).write_bytes(b"newer")
    git(tmp_path / "upstream", "commit", "--quiet", "-am", "newer")
    fetch_missing([HEAD], tmp_path / "assets", origins=origins, manifest=manifest(tmp_path))
    assert (tmp_path / "assets" / HEAD).read_bytes() == b"head"


def test_only_the_files_asked_for_are_transferred(tmp_path: Path) -> None:
    origin = heads(tmp_path)["heads/valid"]
    source = GitSource(origin.source, origin.commit, tmp_path / "clone")
    source.fetch({UPSTREAM: tmp_path / "one.glb"})
    missing = git(tmp_path / "clone", "rev-list", "--objects", "--missing=print", "--all")
    assert [line[0] for line in missing.splitlines()].count("?") == 1


def test_fetching_goes_on_after_it_was_interrupted(tmp_path: Path) -> None:
    origin = heads(tmp_path)["heads/valid"]
    source = GitSource(origin.source, origin.commit, tmp_path / "clone")
    source.fetch({UPSTREAM: tmp_path / "one.glb"})
    (tmp_path / "two.glb.partial").write_bytes(b"xx")
    source.fetch({UPSTREAM: tmp_path / "one.glb", "avatars/other.glb": tmp_path / "two.glb"})
    assert (tmp_path / "two.glb").read_bytes() == b"x" * 9000


def test_what_was_fetched_needs_no_repository_any_more(tmp_path: Path) -> None:
    origin = heads(tmp_path)["heads/valid"]
    GitSource(origin.source, origin.commit, tmp_path / "clone").fetch({UPSTREAM: tmp_path / "one.glb"})
    GitSource("file:///nowhere", origin.commit, tmp_path / "gone").fetch({UPSTREAM: tmp_path / "one.glb"})
    assert not (tmp_path / "gone").exists()


def test_an_unreachable_repository_is_named_with_what_to_do(tmp_path: Path) -> None:
    gone = {"heads/valid": Folder("heads/valid", f"file://{tmp_path}/gone", "abcdef1", "MIT")}
    with pytest.raises(MissingAssetsError, match=r"heads/valid: .*/gone .*--assets"):
        fetch_missing([HEAD], tmp_path / "assets", origins=gone, manifest=manifest(tmp_path))


def test_a_commit_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingAssetsError, match="no commit abcdef1"):
        fetch_missing(
            [HEAD],
            tmp_path / "assets",
            origins=heads(tmp_path, commit="abcdef1"),
            manifest=manifest(tmp_path),
        )


def test_a_file_that_the_commit_lacks_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MissingAssetsError, match="could not be fetched"):
        fetch_missing(
            [HEAD],
            tmp_path / "assets",
            origins=heads(tmp_path),
            manifest=manifest(tmp_path, source="o/r @c, avatars/none.glb"),
        )


def test_the_head_model_is_converted_from_its_meshes(tmp_path: Path) -> None:
    meshes = face_x_model(tmp_path / "FaceXModel")
    convert_face_model(meshes, tmp_path / "wanted.npz")
    files = {f"FaceXModel/{path.name}": path.read_bytes() for path in meshes.iterdir()}
    commit = repository(tmp_path / "upstream", files | {"README.md": b"-"})
    origins = {"heads/ict": Folder("heads/ict", f"file://{tmp_path}/upstream", commit, "MIT")}
    table = manifest(tmp_path, FACE_MODEL, "o/r @c, FaceXModel/*.obj converted")
    fetch_missing([FACE_MODEL], tmp_path / "assets", origins=origins, manifest=table)
    assert model_content(tmp_path / "assets" / FACE_MODEL) == model_content(tmp_path / "wanted.npz")


def test_portraits_without_boxes_do_not_keep_the_heads_from_being_fetched(tmp_path: Path) -> None:
    origins = dict(heads(tmp_path))
    origins["faces/t2i"] = Folder("faces/t2i", f"file://{tmp_path}/upstream", "abcdef1", "MIT")
    with pytest.raises(MissingAssetsError, match=r"faces/t2i: .*boxes"):
        fetch_missing(
            ["faces/t2i/a.jpg", HEAD],
            tmp_path / "assets",
            origins=origins,
            manifest=manifest(tmp_path),
            boxes=tmp_path / "none.csv",
        )
    assert (tmp_path / "assets" / HEAD).exists()
