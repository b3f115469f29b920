"""The schemas that editors use are those of the types that are read."""

from __future__ import annotations

import runpy

from tests.conftest import ROOT


def test_every_schema_is_the_one_of_its_type() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "write_schemas.py"))["schemas"]()
    kept = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "data" / "schemas").glob("*.json")}
    assert kept == made, "run: make outputs"
