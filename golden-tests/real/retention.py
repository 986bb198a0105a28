"""Which backups rules of a description keep, told apart from what the scripts do."""

import datetime
import re


def counted(names, rules):
    """The names that rules keep, by their times: of each of the last so many days, weeks and months the newest."""
    bucket = {"last": lambda at: at, "daily": lambda at: at.date(), "weekly": lambda at: at.isocalendar()[:2], "monthly": lambda at: (at.year, at.month),
              "yearly": lambda at: at.year}
    kept = set()
    for tier, count in rules.items():
        newest = {}
        for name in sorted(names):
            newest[bucket[tier](datetime.datetime.strptime(re.search(r"_(\d{8}_\d{6})\.", name)[1], "%Y%m%d_%H%M%S"))] = name
        kept |= {newest[key] for key in sorted(newest)[-count:]}
    return kept
