"""A curation whose dump and run folder lie in a bucket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchbuilder.artifacts import RunFolder
from benchbuilder.cli import app
from benchbuilder.errors import InputError, RunFolderError
from benchbuilder.remote import lease
from benchbuilder.remote.fetch import local_path
from benchbuilder.remote.origin import working_copy
from benchbuilder.resources import demo_path

pytestmark = pytest.mark.slow

PLAIN = ["--set", "embed.backend=tfidf", "--set", "annotate.head=surface"]


def put(bucket: str, name: str, content: bytes) -> None:
    import s3fs

    s3fs.S3FileSystem().pipe_file(f"{bucket}/{name}", content)


def digests(folder: Path) -> dict[str, str]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {name: entry["digest"] for name, entry in manifest["artifacts"].items()}


def test_a_dump_and_a_run_in_buckets_give_what_local_ones_give(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (demo_path() / "part_a.jsonl").read_bytes().splitlines(keepends=True)[:150]
    put(bucket, "logs/2026/one.jsonl", b"".join(lines[:100]))
    put(bucket, "logs/2026/two.jsonl", b"".join(lines[100:]))
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "one.jsonl").write_bytes(b"".join(lines[:100]))
    (tmp_path / "logs" / "two.jsonl").write_bytes(b"".join(lines[100:]))

    run = f"{bucket}/run"
    here = CliRunner().invoke(
        app, ["curate", str(tmp_path / "logs"), "--run", str(tmp_path / "run"), *PLAIN]
    )
    there = CliRunner().invoke(app, ["curate", f"{bucket}/logs/2026/", "--run", run, *PLAIN])
    assert (here.exit_code, there.exit_code) == (0, 0), there.output

    # Another machine has no copy yet: it takes everything from the bucket.
    monkeypatch.setenv("BENCHBUILDER_COPIES", str(tmp_path / "elsewhere"))
    again = CliRunner().invoke(app, ["curate", "--run", run, "--json"])
    assert again.exit_code == 0, again.output
    states = {stage["stage"]: stage["state"] for stage in json.loads(again.stdout)["stages"]}
    assert set(states.values()) == {"current"}
    assert digests(working_copy(run)) == digests(tmp_path / "run")


def test_a_run_that_was_removed_from_the_bucket_begins_anew(bucket: str) -> None:
    import s3fs

    first = RunFolder(working_copy(f"{bucket}/run"), create=True)
    first.write_manifest(first.manifest())
    assert (first.path / "manifest.json").is_file()
    s3fs.S3FileSystem().rm(f"{bucket}/run", recursive=True)
    again = RunFolder(working_copy(f"{bucket}/run"), create=True)
    assert not (again.path / "manifest.json").exists()


def test_a_dump_in_the_folder_of_a_run_does_not_clear_it_out(bucket: str) -> None:
    put(bucket, "run/chats.jsonl", b"{}")
    folder = RunFolder(working_copy(f"{bucket}/run"), create=True)
    folder.write_text("config.yaml", "seed: 7\n")
    local_path(f"{bucket}/run/*.jsonl")
    local_path(f"{bucket}/run")
    assert (folder.path / "config.yaml").is_file()


def test_one_bucket_has_one_writer(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = RunFolder(working_copy(f"{bucket}/run"), create=True)
    monkeypatch.setenv("BENCHBUILDER_COPIES", str(tmp_path / "elsewhere"))
    second = RunFolder(working_copy(f"{bucket}/run"), create=True)
    with first.lock():
        with pytest.raises(RunFolderError, match="another benchbuilder process"), second.lock():
            pass
        monkeypatch.setattr(lease, "VOID_SECONDS", -1.0)  # the first one is taken for lost
        with second.lock():
            pass


def test_completions_reach_the_bucket_while_calls_are_made(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    from benchbuilder.llm.cache import Call, CompletionCache

    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.05)
    lost = RunFolder(working_copy(f"{bucket}/run"), create=True)
    question = json.dumps({"model": "m"})
    with lost.lock():
        cache = CompletionCache(lost.path / "completions.sqlite")
        cache.record(Call("k", True, "m", "p1", "ok", text="yes"), question)
        import s3fs

        deadline = time.monotonic() + 20
        while not s3fs.S3FileSystem().exists(f"{bucket}/run/completions.sqlite"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        cache.close()

    monkeypatch.setenv("BENCHBUILDER_COPIES", str(tmp_path / "elsewhere"))
    heir = RunFolder(working_copy(f"{bucket}/run"), create=True)
    own = CompletionCache(heir.path / "completions.sqlite")
    own.record(Call("other", True, "m", "p2", "ok", text="no"), question)
    own.close()
    with heir.lock():
        merged = CompletionCache(heir.path / "completions.sqlite")
        assert set(merged.recorded(["k", "other"])) == {"k", "other"}
        merged.close()


@pytest.mark.parametrize(
    ("place", "message"),
    [("nowhere", "no file is there"), ("logs/*.parquet", "no file is there")],
)
def test_what_is_not_there_is_one_message(bucket: str, place: str, message: str) -> None:
    put(bucket, "logs/a.jsonl", b"{}")
    with pytest.raises(InputError, match=message):
        local_path(f"{bucket}/{place}")


def test_who_may_not_use_a_bucket_is_told_once(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import moto.settings
    import s3fs

    put(bucket, "logs/a.jsonl", (demo_path() / "part_a.jsonl").read_bytes())
    iam = pytest.importorskip("boto3").client("iam")
    iam.create_user(UserName="reader")
    rights = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [rights]})
    iam.put_user_policy(UserName="reader", PolicyName="reads", PolicyDocument=policy)
    key = iam.create_access_key(UserName="reader")["AccessKey"]

    def refused(*arguments: str) -> InputError:
        s3fs.S3FileSystem.clear_instance_cache()
        with pytest.raises(InputError, match="permission denied") as raised:
            CliRunner().invoke(app, ["curate", *arguments, *PLAIN], catch_exceptions=False)
        return raised.value

    with monkeypatch.context() as checked:
        checked.setattr(moto.settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0)
        stranger = refused(f"{bucket}/logs", "--run", str(tmp_path / "run"))
        checked.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        checked.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        reader = refused(f"{bucket}/logs", "--run", f"{bucket}/run")
    s3fs.S3FileSystem.clear_instance_cache()
    assert f"{bucket}/logs" in str(stranger)
    assert f"{bucket}/run" in str(reader)
    assert "export AWS_PROFILE=NAME" in str(reader.hint)
    assert not s3fs.S3FileSystem().exists(f"{bucket}/run")


def test_copies_follow_the_bucket(bucket: str) -> None:
    put(bucket, "logs/a.jsonl", b"one")
    put(bucket, "logs/b.jsonl", b"two")
    copy = local_path(f"{bucket}/logs")
    assert sorted(path.name for path in copy.glob("*.jsonl")) == ["a.jsonl", "b.jsonl"]
    before = (copy / "a.jsonl").stat().st_mtime_ns
    put(bucket, "logs/b.jsonl", b"new text")
    assert (local_path(f"{bucket}/logs") / "b.jsonl").read_bytes() == b"new text"
    assert (copy / "a.jsonl").stat().st_mtime_ns == before
    assert local_path(f"{bucket}/logs/a.jsonl").read_bytes() == b"one"


def test_other_places_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"foo://x/y"):
        local_path("foo://x/y")
    assert local_path("logs/a.jsonl") == Path("logs/a.jsonl")
