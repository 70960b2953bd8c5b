# Workbooks and CSV by the writers that Debian's Python has.
import csv
import datetime
import os

import openpyxl
import pandas
import tablib
import xlsxwriter

out = os.environ["OUT"] + "/"
with open(os.environ["TRUTH"], encoding="utf-8") as f:
    names, *rows = list(csv.reader(f))


def value(name, s):
    if s == "":
        return None
    if name == "first_registered":
        return datetime.date.fromisoformat(s)
    return int(s) if name in ("mileage_km", "color") else s


typed = [[value(n, s) for n, s in zip(names, r)] for r in rows]
frame = pandas.DataFrame(typed, columns=names)  # numbers beside nulls become floats
frame.to_excel(out + "pandas-openpyxl.xlsx", index=False)
frame.to_excel(out + "pandas-xlsxwriter.xlsx", engine="xlsxwriter", sheet_name="车辆")
frame.to_csv(out + "pandas.csv", index=False)
frame.to_csv(out + "pandas-gb18030.csv", index=False, encoding="gb18030", na_rep="NULL")
frame.convert_dtypes().to_csv(out + "pandas-index.csv", encoding="utf-8-sig", sep=";")

for name, only in (("openpyxl.xlsx", False), ("openpyxl-write-only.xlsx", True)):
    book = openpyxl.Workbook(write_only=only)
    sheet = book.create_sheet("Fleet") if only else book.active
    for row in [names] + typed:
        sheet.append(row)
    book.save(out + name)

for name, options in (("xlsxwriter.xlsx", {}), ("xlsxwriter-constant-memory.xlsx", {"constant_memory": True}), ("xlsxwriter-1904.xlsx", {"date_1904": True})):
    book = xlsxwriter.Workbook(out + name, options)
    if name == "xlsxwriter-1904.xlsx":
        book.use_1904 = True
    sheet = book.add_worksheet("Fleet")
    day = book.add_format({"num_format": "yyyy-mm"})
    for i, row in enumerate([names] + typed):
        for j, v in enumerate(row):
            if isinstance(v, datetime.date):
                sheet.write_datetime(i, j, v, day)
            elif isinstance(v, str):
                sheet.write_string(i, j, v)
            else:
                sheet.write(i, j, v)
    book.close()

data = tablib.Dataset(*[[v if v is not None else "" for v in r] for r in typed], headers=names)
with open(out + "tablib.xlsx", "wb") as f:
    f.write(data.export("xlsx"))
with open(out + "tablib.csv", "w", encoding="utf-8", newline="") as f:
    f.write(data.export("csv"))
with open(out + "python-csv-utf16.csv", "w", encoding="utf-16", newline="") as f:
    csv.writer(f, dialect="excel-tab", quoting=csv.QUOTE_NONNUMERIC).writerows([names] + rows)
