"""Reads the tables with openpyxl and pandas; prints the cells as the comparison takes them.

tables.py WAY DIR FILE: one JSON object of all tables, {name: {columns, rows}}.
"""
import datetime
import json
import os
import sys

import openpyxl
import pandas as pd

TABLES = ["vehicles", "maintenance_reports", "maintenance_records", "valuations", "violations", "failures", "changes"]


def cell(v):
    """A value of Python's; pandas has NaN and NaT for unknown."""
    if v is None or v is pd.NaT or v is pd.NA or isinstance(v, float) and v != v:
        return None
    if hasattr(v, "item") and not isinstance(v, (datetime.date, str)):
        v = v.item()
    if isinstance(v, (bool, str)):
        return v
    if isinstance(v, datetime.datetime):
        if v.tzinfo is None:
            return {"w": v.strftime("%Y-%m-%d %H:%M:%S.%f")}
        since = v - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return {"m": str((since.days * 86400 + since.seconds) * 10**6 + since.microseconds)}
    if isinstance(v, datetime.date):
        return {"d": v.isoformat()}
    return {"n": repr(v)}


def frame(df):
    columns = [df[c] for c in df.columns]
    return {"columns": list(df.columns), "rows": [[cell(c.iloc[i]) for c in columns] for i in range(len(df))]}


def typed(columns):
    """How to read a table right: identifiers and texts as texts, moments and days as such."""
    options = {"dtype": {}, "parse_dates": [], "keep_default_na": False, "na_values": [""]}
    for c in columns:
        kind = c["kind"]
        if kind in ("day", "moment"):
            options["parse_dates"].append(c["name"])
        else:
            options["dtype"][c["name"]] = {"int": "Int64", "decimal": "float64", "bool": "boolean"}.get(kind, str)
    return options


def read(way, folder, name, truth):
    csv = os.path.join(folder, name + ".csv")
    if way == "openpyxl":
        rows = list(openpyxl.load_workbook(os.path.join(folder, "batch.xlsx"), read_only=True)[name].values)
        return {"columns": rows[0], "rows": [[cell(v) for v in r] for r in rows[1:]]}
    if way == "pandas":
        return frame(pd.read_csv(csv))
    if way == "pandas-typed":
        return frame(pd.read_csv(csv, **typed(truth[name]["columns"])))
    if way == "pandas-xlsx":
        return frame(pd.read_excel(os.path.join(folder, "batch.xlsx"), sheet_name=name))
    texts = {c["name"]: str if c["kind"] == "text" else object for c in truth[name]["columns"] if c["kind"] in ("text", "bool")}
    options = {"keep_default_na": False, "na_values": [""], "dtype": texts}
    return frame(pd.read_excel(os.path.join(folder, "batch.xlsx"), sheet_name=name, **options))


if __name__ == "__main__":
    if sys.argv[1] == "versions":
        print(json.dumps({"openpyxl": openpyxl.__version__, "pandas": pd.__version__}))
        sys.exit(0)
    with open(sys.argv[3], encoding="utf-8") as f:
        expected = {t["table"]: t for t in json.load(f)}
    print(json.dumps({name: read(sys.argv[1], sys.argv[2], name, expected) for name in TABLES}))
