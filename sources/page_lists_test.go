package sources

// pageLists is the part of docs/inputs.md that says how a list is read.
const pageLists = `
A column of which most of the first 100 values are VINs (or plates), while no column is known for them, refuses the file: rename its header to
` + "`vin`" + ` (or ` + "`plate`" + `), or take the column out. So does a file whose VINs (or plates) stand in a column that is known for something else. A column of condition codes whose first
values can be none is said.

## Lists

All of this is said by ` + "`plan`" + ` and ` + "`run`" + `, with the rows.

- **Above the header** up to 20 rows are passed over: titles, notes, lines that begin with #. A vehicle above the header refuses the file.
- **A header of two or three rows** is read as one: names under a group that spans them, a unit under a name.
- **Set aside**, never failed and never bought, are rows that name no vehicle: sums (合计, 小计, 共12辆, Total, ` + "`(12 rows)`" + `), signatures and dates (制表人：…), notes (说明：…, 备注：…),
  numbers of pages, drawn lines, lines that begin with #, headings that span the sheet, a running number alone, names of an index directly under the header (pandas), and the header or the title once more. A
  row with anything like a VIN or a plate in it is a vehicle, whatever else it says. Where a value stands in another column that is used, the words of a
  signature or a note are those of a department or a remark, and the row is a vehicle.
- **A header in the middle** in another order, or with another unit, is read, for the rows under it.
- **Merged cells.** A value that is merged over rows is that of each of them. One VIN, plate or engine number for several rows is a fault of the rows
  under the first: unmerge them. So is a value that is hidden under a merge, and a cell merged with another column.
- **What a cell shows** counts: 12345 with the number format ` + "`\"EA\"000000`" + ` is EA012345, 3 with ` + "`0.0\"万公里\"`" + ` is 30,000 km. A way of showing that cannot be told here is a
  fault of the cell.
- **A mileage without a unit.** Once such a column holds a number below 100 with a fraction, such as 3.6, numbers below 100 are refused in it: 4 may be 4 km or 40,000.
  Name the column ` + "`行驶里程(万公里)` or `行驶里程(公里)`" + `.
`
