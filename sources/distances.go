package sources

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/record"
)

// distances reads the column of distances. In a column that says no unit, 3.6 shows that somebody writes
// 万 km; then 4 may be 4 km or 40,000, and neither is guessed: once such a value was seen, what is below
// smallKM and bare is a fault of its row. Where a small value has been read as km before
// the first such value comes, the file cannot be read: nothing has been bought by then.
type distances struct {
	header string // as written
	unit   measure

	// How many distances were looked at before the first was read, and how many of them are small, whole and not 0.
	previewed, small int

	doubt string // the value that made the column doubtful, "" when none did
	// firstSmall is the first small value that was read as km, and smallLine its line, 0 when there was none.
	firstSmall string
	smallLine  int64
	// Rows that are refused for the doubt, and those of them whose value is whole.
	refused, refusedWhole int64
}

// smallKM is the distance, in km, from which on a bare number is no number of 万 km: no car has
// been driven a million km.
const smallKM = 100

// preview looks at a value that will be read later.
func (d *distances) preview(s string) {
	small, fraction := d.bareSmall(s)
	if fraction && d.doubt == "" {
		d.doubt = s
	}
	if s != "" && s != "0" {
		d.previewed++
	}
	if small && !fraction {
		d.small++
	}
}

// bareSmall tells whether a value is a small bare number in a column that says no unit, and whether it
// has a fraction.
func (d *distances) bareSmall(s string) (small, fraction bool) {
	if d.unit.said() || len(s) > 20 || !bareNumber.MatchString(s) {
		return false, false
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return err == nil && n > 0 && n < smallKM, err == nil && n > 0 && n < smallKM && n != math.Trunc(n)
}

// takePlain takes a distance that is no small one, in km.
func (d *distances) takePlain(v *record.Vehicle, s string) bool {
	km, ok := plainKM(s)
	return ok && d.takePlainNumber(v, km)
}

// takePlainNumber is takePlain of a number.
func (d *distances) takePlainNumber(v *record.Vehicle, km int64) bool {
	if !isPlainKM(km) || d.unit.unit == unitWanKM {
		return false
	}
	v.MileageKM = record.Some(km)
	return true
}

// read is the reader of the column.
func (d *distances) read(v *record.Vehicle, s string) {
	var small, fraction bool
	if len(s) <= 4 || strings.ContainsAny(s, ".,") { // most values are longer, and whole
		small, fraction = d.bareSmall(s)
	}
	if fraction && d.doubt == "" {
		d.doubt = s
	}
	km, err := parseMileage(s, d.unit.unit)
	switch {
	case small && d.doubt != "":
		d.count(fraction)
		if err == nil {
			err = fmt.Errorf("the mileage is %s in a column that says no unit and holds %s too: is it km or 万 km? Then %s", quote(s), quote(d.doubt), nameTheUnit)
		}
	case small && d.smallLine == 0:
		d.smallLine, d.firstSmall = v.Line, s
	}
	if err != nil {
		fault(v, record.ColMileageKM, err)
		return
	}
	v.MileageKM = record.Some(km)
}

// nameTheUnit is what to do about a column without a unit.
const nameTheUnit = "name the column 行驶里程(万公里) or 行驶里程(公里)"

// unitBeside refuses a list whose unit stands where it is not read: in a title, a note, or a column beside the distances.
func (d *distances) unitBeside(line int64, texts []string) *InputError {
	if d == nil || d.unit.said() || strings.Contains(foldHeader(d.header), "km") {
		return nil
	}
	for _, text := range append(slices.Clip(texts), strings.Join(texts, ",")) { // 10,000 km may be two fields
		if unit := otherUnit(text); unit != "" {
			return &InputError{Line: line, Problem: fmt.Sprintf("%s speaks of %s, and the column %s says no unit", quote(strings.TrimSpace(text)), unit, quote(d.header)),
				Hint: nameTheUnit + "; a column in miles is converted to km before"}
		}
	}
	return nil
}

// namesUnits is the name of a column for the unit of the column beside it.
var namesUnits = regexp.MustCompile(`^(里程|公里数?|表显里程|行驶里程|计量|度量|mileage|odometer|distance)?(的)?(单位|units?|uom)$`)

// units are the columns of a header that are not used and say the unit of each row, by their name or by their values in the first rows under
// it. Below those, in which another unit refuses the file, it is a fault of its row.
func (d *distances) units(h *header, rows []textRow) (out []usedColumn) {
	if !h.has(record.ColMileageKM) || len(h.lines) > 0 {
		return nil
	}
	saysKM := func(r textRow, i int) bool {
		m, ok := measureNamed(foldHeader(textAt(r.texts, i)))
		return ok && m.unit == unitKM
	}
	for i, name := range h.names {
		if !h.uses(i) && (namesUnits.MatchString(foldHeader(name)) || slices.ContainsFunc(rows, func(r textRow) bool { return saysKM(r, i) })) {
			out = append(out, usedColumn{i, columnReader{column: colState, read: func(v *record.Vehicle, text string) { d.inUnit(v, name, text) }}})
		}
	}
	return out
}

// inUnit takes the unit that a row names of its distance.
func (d *distances) inUnit(v *record.Vehicle, name, text string) {
	if !v.MileageKM.OK {
		return
	}
	m, ok := measureNamed(foldHeader(text))
	if !ok || m.refused == "" && m.unit == max(d.unit.unit, unitKM) {
		return
	}
	v.MileageKM = record.Opt[int64]{}
	fault(v, record.ColMileageKM, fmt.Errorf("%s says %s here, and the mileage is read in %s: write it so", columnCalled(name), quote(text), cmp.Or(d.unit.word, "km")))
}

func (d *distances) count(fraction bool) {
	d.refused++
	if !fraction {
		d.refusedWhole++
	}
}

// cameTooLate refuses a file when a value came too late that makes earlier ones doubtful.
func (d *distances) cameTooLate(line int64) *InputError {
	if d == nil || d.doubt == "" || d.smallLine == 0 {
		return nil
	}
	return &InputError{Line: line, Problem: fmt.Sprintf("the column %s says no unit and holds %s here, and %s in line %d: nobody can tell km from 万 km", quote(d.header), quote(d.doubt), quote(d.firstSmall), d.smallLine),
		Hint: nameTheUnit}
}

// notes says that the column is doubtful. One such value alone says so itself.
func (d *distances) notes() []string {
	if d != nil && d.small > 2 && d.small == d.previewed {
		return []string{fmt.Sprintf("column %s says no unit, and its first values are all below %d; they are read as km: if they are 万 km, name it 行驶里程(万公里)", quote(d.header), smallKM)}
	}
	if d == nil || d.refused < 2 && d.refusedWhole == 0 {
		return nil
	}
	return []string{fmt.Sprintf("column %s says no unit and holds values such as %s, so values below %d are refused (rows: %d): %s",
		quote(d.header), quote(d.doubt), smallKM, d.refused, nameTheUnit)}
}
