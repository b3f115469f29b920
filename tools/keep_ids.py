"""Notes the id of every activity in ``data/ids.yml``: from now on learners may have answered under it."""

from __future__ import annotations

from course.bank import Bank, data_folder, read
from course.model import Ledger


def main() -> None:
    """Appends the ids that are not there yet; the rest of the file stays as it is."""
    path = data_folder() / "ids.yml"
    kept = read(path, Ledger)
    new = dict.fromkeys(activity.id for activity in Bank().all_authored() if activity.id not in kept.ids)
    head, mark, tail = path.read_text(encoding="utf-8").partition("ids:\n")
    path.write_text(head + mark + tail + "".join(f"  - {activity_id}\n" for activity_id in new), encoding="utf-8")
    print(f"{len(new)} new ids")


if __name__ == "__main__":
    main()
