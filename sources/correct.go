package sources

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"vehiclebatch/pipeline/record"
)

// errNoIdentity is the fault of a row that names no vehicle.
var errNoIdentity = errors.New("the row has neither a VIN nor a plate")

// What is said of values that a copy of the failures cannot mend alone: it neither
// adds a vehicle nor empties a cell.
const (
	rowEach        = "give each vehicle a row of its own; in a copy of the failures leave one here, and give the others to `batch run` in a new list"
	correctOrEmpty = "correct it, or leave it empty in the list itself, and what needs it is not bought (in a copy of the failures an empty cell corrects nothing)"
)

// Corrected tells in which of its columns a line of a failure ledger says
// otherwise than what is known of its row. Remarks say what a column says that is
// not taken for a correction: what a spreadsheet has made of a value, and what is
// wrong where the known value is right.
func Corrected(known, line *record.Vehicle, columns []string) (corrected, remarks []string) {
	for _, c := range columns {
		was, says, flaw := known.Value(c), line.Value(c), faultOf(line, c)
		switch {
		case says == was && (flaw == "" || faultOf(known, c) != ""), says != "" && says == cleanAgain(c, was):
		case isZerosAlone(was, says):
			remarks = append(remarks, fmt.Sprintf("%s: %s differs from %s by zeros in front alone, which spreadsheets drop", c, quote(says), quote(was)))
		case flaw != "" && was != "" && faultOf(known, c) == "":
			remarks = append(remarks, c+": "+flaw)
		default:
			corrected = append(corrected, c)
		}
	}
	return corrected, remarks
}

// cleanAgain is what a clean value becomes that is written to a file and read
// again: only a value that is wrong in itself changes.
func cleanAgain(column, value string) string {
	if value = bareValue(value); isUnknown(column, value) {
		return ""
	}
	if column == record.ColPlate {
		return CleanPlate(value)
	}
	return CleanIdentifier(value)
}

func isZerosAlone(was, says string) bool {
	return says != "" && len(says) < len(was) && allDigits([]rune(was)) && strings.TrimLeft(was, "0") == strings.TrimLeft(says, "0")
}

// Misread says why a record could not be read whole, "" when it could.
func Misread(v *record.Vehicle) string {
	for _, f := range v.Faults {
		if f.Column == "" && f.Reason != errNoIdentity.Error() {
			return f.Reason
		}
	}
	return ""
}

func faultOf(v *record.Vehicle, column string) string {
	for _, f := range v.Faults {
		if f.Column == column {
			return f.Reason
		}
	}
	return ""
}

// Correct takes columns of a line over into a row as its input gave it, and
// judges the row as if it had been read so. What was said of the other columns
// stays. A row that could not be read whole counts as looked through once its
// VIN, plate or engine number is corrected.
func Correct(row record.Vehicle, line *record.Vehicle, columns []string) record.Vehicle {
	if len(columns) == 0 {
		return row
	}
	worked, _ := PlateType(row.Plate) // of a wrong plate it is unknown
	typeGiven := row.PlateType != "" && row.PlateType != worked
	out := row
	for _, c := range columns {
		take(&out, line, c)
	}
	again := readAgain(&out, typeGiven || slices.Contains(columns, record.ColPlateType))
	if slices.Contains(columns, record.ColPlate) || slices.Contains(columns, record.ColPlateType) {
		out.PlateType = again.PlateType
	}
	before := readAgain(&row, typeGiven)
	out.Problems = slices.Concat(again.Problems, otherProblems(&row, before.Problems, columns), cellRemarks(line, columns))
	out.Faults = correctedFaults(&row, line, columns)
	if apart := apartAgain(&row, &out); apart != "" {
		out.Problems = append(out.Problems, apart)
	}
	if out.VIN == "" && out.Plate == "" && faultOf(&row, "") == errNoIdentity.Error() {
		fault(&out, "", errNoIdentity)
	}
	return out
}

// readAgain reads the values of a vehicle as those of an input. The plate's type
// is one of them only where it was not worked out.
func readAgain(v *record.Vehicle, typeGiven bool) record.Vehicle {
	var again record.Vehicle
	for _, r := range readers(&distances{unit: measure{word: "km", unit: unitKM}}, &months{}) {
		if text := v.Value(r.column); text != "" && (typeGiven || r.column != record.ColPlateType) {
			r.read(&again, text)
		}
	}
	return again
}

// correctedFaults are those of the line in the corrected columns, and those of
// the row in the others.
func correctedFaults(row, line *record.Vehicle, columns []string) []record.Fault {
	looked := slices.ContainsFunc(columns, isIdentifier)
	var out []record.Fault
	for _, f := range row.Faults {
		if f.Column == "" && f.Reason != errNoIdentity.Error() && !looked || f.Column != "" && !slices.Contains(columns, f.Column) {
			out = append(out, f)
		}
	}
	for _, f := range line.Faults {
		if slices.Contains(columns, f.Column) {
			out = append(out, f)
		}
	}
	return out
}

// otherProblems are the remarks on a row that its values do not make by
// themselves, but for those on cells of the corrected columns and the one that sets the row apart.
func otherProblems(row *record.Vehicle, own, columns []string) []string {
	var out []string
	for _, p := range row.Problems {
		if !slices.Contains(own, p) && !strings.HasPrefix(p, record.SetApart) && !slices.ContainsFunc(columns, func(c string) bool { return isCellRemark(p, c) }) {
			out = append(out, p)
		}
	}
	return out
}

// cellRemarks are the remarks on the line's cells of the corrected columns.
func cellRemarks(line *record.Vehicle, columns []string) []string {
	var out []string
	for _, p := range line.Problems {
		if slices.ContainsFunc(columns, func(c string) bool { return isCellRemark(p, c) }) {
			out = append(out, p)
		}
	}
	return out
}

// take copies the value of one column.
func take(to, from *record.Vehicle, column string) {
	switch column {
	case record.ColVIN:
		to.VIN = from.VIN
	case record.ColPlate:
		to.Plate = from.Plate
	case record.ColEngineNo:
		to.EngineNo = from.EngineNo
	case record.ColPlateType:
		to.PlateType = from.PlateType
	case record.ColLicenseImageURL:
		to.LicenseImageURL = from.LicenseImageURL
	case record.ColModelID:
		to.ModelID = from.ModelID
	case record.ColCityID:
		to.CityID = from.CityID
	case record.ColFirstRegistered:
		to.FirstRegistered = from.FirstRegistered
	case record.ColMileageKM:
		to.MileageKM = from.MileageKM
	}
	if code := to.Condition.Code(column); code != nil {
		*code = *from.Condition.Code(column)
		to.Defaulted = slices.DeleteFunc(slices.Clone(to.Defaulted), func(c string) bool { return c == column })
	}
}
