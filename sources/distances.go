package sources

import (
	"fmt"
	"math"
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

	doubt string // the value that made the column doubtful, "" when none did
	taken int64  // the line of the first small value that was read as km, 0 when none was
	small string // that value
	// Rows that are faults for it, and those of them whose value is whole.
	faults, whole int64
}

// smallKM is the distance, in km, from which on a bare number is no number of 万 km: no car has
// been driven a million km.
const smallKM = 100

// foresee looks at a value that will be read later.
func (d *distances) foresee(s string) {
	if _, broken := d.bareSmall(s); broken && d.doubt == "" {
		d.doubt = s
	}
}

// bareSmall tells whether a value is a small bare number in a column that says no unit, and whether it
// has a fraction.
func (d *distances) bareSmall(s string) (small, broken bool) {
	if d.unit.said() || len(s) > 20 || !bareNumber.MatchString(s) {
		return false, false
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return err == nil && n > 0 && n < smallKM, err == nil && n > 0 && n < smallKM && n != math.Trunc(n)
}

// read is the reader of the column.
func (d *distances) read(v *record.Vehicle, s string) {
	if km, ok := plainKM(s); ok && d.unit.unit != unitWanKM {
		v.MileageKM = record.Some(km)
		return
	}
	var small, broken bool
	if len(s) <= 4 || strings.ContainsAny(s, ".,") { // most values are longer, and whole
		small, broken = d.bareSmall(s)
	}
	if broken && d.doubt == "" {
		d.doubt = s
	}
	km, err := parseMileage(s, d.unit.unit)
	switch {
	case small && d.doubt != "":
		d.count(broken)
		if err == nil {
			err = fmt.Errorf("the mileage is %s in a column that says no unit and holds %s too: is it km or 万 km? Then %s", quote(s), quote(d.doubt), nameTheUnit)
		}
	case small && d.taken == 0:
		d.taken, d.small = v.Line, s
	}
	if err != nil {
		fault(v, record.ColMileageKM, err)
		return
	}
	v.MileageKM = record.Some(km)
}

// nameTheUnit is what to do about a column without a unit.
const nameTheUnit = "name the column 行驶里程(万公里) or 行驶里程(公里)"

func (d *distances) count(broken bool) {
	d.faults++
	if !broken {
		d.whole++
	}
}

// wrong refuses a file when a value came too late that makes earlier ones doubtful.
func (d *distances) wrong(line int64) *InputError {
	if d == nil || d.doubt == "" || d.taken == 0 {
		return nil
	}
	return &InputError{Line: line, Problem: fmt.Sprintf("the column %s says no unit and holds %s here, and %s in line %d: nobody can tell km from 万 km", quote(d.header), quote(d.doubt), quote(d.small), d.taken),
		Hint: nameTheUnit}
}

// notes says that the column is doubtful. One broken value alone says so itself.
func (d *distances) notes() []string {
	if d == nil || d.faults < 2 && d.whole == 0 {
		return nil
	}
	return []string{fmt.Sprintf("column %s says no unit and holds values such as %s, so values below %d are refused (rows: %d): %s",
		quote(d.header), quote(d.doubt), smallKM, d.faults, nameTheUnit)}
}
