package sources

import "strings"

// pageLists is the part of docs/inputs.md that says how a list is read.
var pageLists = `
A column of which most of the first 100 values are VINs (or plates), while no column is known for them, refuses the file: rename its header to
` + "`vin`" + ` (or ` + "`plate`" + `), or take the column out. So does a file whose VINs (or plates) stand in a column that is known for something else. A column of condition codes whose first
values can be none is said.

## Lists

All of this is said by ` + "`plan`" + ` and ` + "`run`" + `, with the rows.

- **Above the header** up to 20 rows are skipped: titles, notes, lines that begin with #. A vehicle above the header refuses the file.
- **A header of two or three rows** is read as one: names under a group that spans them, a unit under a name, a name in two pieces (初次 over 登记日期). A name under 原, 变更前 and the
  like is that of before, and is not used.
- **A name over several columns**, merged or followed by columns without a name, is that of the one whose word in the row under it says so: 当前, 现, 本次, 本月末, 最近, 回场, 更换后, 号码 and the like,
  or a known name. It is said which. 上次, 购入时, 保养, 出车, 型号, 原 and the like say that a column is not meant. Where no word is clear, where two are, or where another column holds such values
  under a word that is not known, the file is refused: name the right one alone. So is a name that is merged over several columns with values and without words, and a registration in columns for
  年, 月 and 日, and a VIN or a plate in parts (前8位 and 后9位, 省份 and 号码). 发动机 over 型号 and 号码 is read as 发动机号码, 日期 over 注册 and 年检 as 注册日期, 里程情况 as 里程.
- **A group of something else** keeps what stands under it from being used, though the names there are known, and that is said: another vehicle (挂车, 旧车, 置换, trade-in), what was before (变更前), for a
  distance another time (上次保养, 购入时, 年检, 保险), for 注册日期 an owner (车主, 客户). Where the VIN stands under one vehicle and the plate under another, the file is refused.
- **Skipped**, never failed and never bought, are rows that name no vehicle: sums (合计, 小计, 汇总, 一部 计数, 过次页, 最大值, Σ, 共12辆, Total, ` + "`(12 rows)`" + `; also the number of vehicles
  before it and other numbers, without a word), signatures and dates (制表人：…), notes (说明：…, 备注：…, 1、… alone in its row), a day alone,
  numbers of pages, drawn lines, lines that begin with #, headings that span the sheet, a running number or a distance alone, rows directly under the header that explain the columns (必填, 文本, A, (1), 17位字符, 例：…, other names), names of an index directly under the header (pandas), and the header or the title once more. In Parquet sums and notes are skipped as well. A
  row with anything like a VIN or a plate in it is a vehicle, whatever else it says. Where a value stands in another column that is used, the words of a
  signature or a note are those of a department or a remark, and the row is a vehicle.
- **Set apart by the list**, read all the same, are vehicles that it hides (by hand or by a filter), strikes through, or says to be gone: under a heading
  (二、已报废车辆; the next one ends it, also 在用 or 以下车辆正常), in a title or the name of a sheet that ` + "`--sheet`" + ` does not name, in a column for a state or a remark (车辆状态, 状态, 备注, 情况, 去向, status, remark; also one
  without a name), by a yes (是否报废: 是, is_deleted: 1), by a no (是否在用: 否, is_active: false), by a day (处置日期, deleted_at), in a comment on a cell, or beside the VIN or the plate. So are examples (示例 or 样例 in a column of running numbers or
  remarks), what is not to be asked about (不查, 勿查, 暂不查, 无需查询, 已查过, and as the whole of a remark 作废, 删除, 取消, 退车, 重复), a 否 under 是否查询, a note with a VIN or a plate in it (注：车架号LSV…未到店), and
  a VIN or a plate alone in its row with other words in its cell. Each gets a remark. ` + "`plan`" + ` says what they cost, and ` + "`run`" + ` asks first at a terminal: take out
  of the list those that are not wanted. The words are ` + "`" + strings.Join(strings.Split(gone, "|"), "`, `") + "`" + `; not
  with 未, 不, 无, 非, 没, 原 or 旧 before them, nor with 年限, 期 and the like behind. 报废日期 says nothing: many lists mean the day by which a vehicle must go.
- **A value of which a part is struck through** is refused.
- **Comments on cells** of a workbook, notes and threads, are no values: they are said with their cells, and are remarks on their rows. One on the header
  or a title that names another unit than km is as good as a title that does; on a row it makes its distance a fault.
- **Sheets.** One named 示例, 样例, 填写说明 and the like is read only where no other sheet that is not hidden has vehicles, and its vehicles are set apart then. Other sheets with vehicles are said, and so is one
  whose header cannot be read.
- **A header in the middle** in another order, of another width or with another unit, is read, for the rows under it.
- **A transposed list**, with a column for each vehicle, and cards or lines of a name and a value are refused: make a row of each vehicle.
- **A backslash before a delimiter**, as Markdown (` + "`a\\|b`" + `) and some databases write one that is a part of a value, refuses its row where its values have slipped by it. So does
  one before a quote (` + "`\\\"`" + `); where that has put two vehicles into one record, the file is refused. An engine number with ` + "`\\\\`, `\\t`" + ` and the like, as databases write a backslash or a tab,
  is refused, and one with another backslash is a remark.
- **Merged cells.** A value that is merged over rows is that of each of them. One VIN, plate or engine number for several rows is a fault of the rows
  under the first: unmerge them. So is a value that is hidden under a merge, and a cell merged with another column.
- **What a cell shows** counts: 12345 with the number format ` + "`\"EA\"000000`" + ` is EA012345, 3 with ` + "`0.0\"万公里\"`" + ` is 30,000 km. A way of showing that cannot be told here is a
  fault of the cell. So is a number such as 10000000000 in the place of an identifier, which a sheet shows as 1E+10 and makes of 1E10 as well.
- **A mileage without a unit.** Once such a column holds a number below 100 with a fraction, such as 3.6, numbers below 100 are refused in it: 4 may be 4 km or 40,000.
  Name the column ` + "`行驶里程(万公里)` or `行驶里程(公里)`" + `. Where all of the first values
  are whole numbers below 100, they are read as km, and that is said. A unit in a column of its own is not read: another one than km in the first rows refuses the file, and below them its row.
`
