package sources

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"vehiclebatch/pipeline/record"
)

// A reader takes the text of one column into a vehicle. The text is trimmed
// and not empty.
type reader func(v *record.Vehicle, s string)

// readers returns the reader of each column, in the canonical order in which
// they are called: faults come in the same order however the file is arranged.
// The plate stands before its type, which is held against it. How km are read depends on their unit, and how a month is on the others of its column.
func readers(km *distances, month *months) []columnReader {
	return []columnReader{
		{record.ColVIN, readVIN, takePlainVIN},
		{record.ColPlate, readPlate, takePlainPlate},
		{record.ColEngineNo, readEngineNo, takePlainEngineNo},
		{record.ColPlateType, readPlateType, nil},
		{record.ColLicenseImageURL, readImageURL, nil},
		{record.ColModelID, func(v *record.Vehicle, s string) { readID(v, record.ColModelID, &v.ModelID, s) }, nil},
		{record.ColCityID, func(v *record.Vehicle, s string) { readID(v, record.ColCityID, &v.CityID, s) }, nil},
		{record.ColFirstRegistered, month.read, takePlainMonth},
		{record.ColMileageKM, km.read, km.takePlain},
		code(record.ColTransfers, func(c *record.Condition) *string { return &c.Transfers }),
		code(record.ColColor, func(c *record.Condition) *string { return &c.Color }),
		code(record.ColAccident, func(c *record.Condition) *string { return &c.Accident }),
		code(record.ColAppearance, func(c *record.Condition) *string { return &c.Appearance }),
		code(record.ColInterior, func(c *record.Condition) *string { return &c.Interior }),
		code(record.ColElectrical, func(c *record.Condition) *string { return &c.Electrical }),
		code(record.ColEngine, func(c *record.Condition) *string { return &c.Engine }),
	}
}

type columnReader struct {
	column string
	read   reader
	// plain takes a text as it stands in the file if it has the plain form of the column (quick.go), nil: it has none.
	plain func(v *record.Vehicle, s string) bool
}

// takesPlain takes a text that has the plain form of the column.
func (c *columnReader) takesPlain(v *record.Vehicle, s string) bool {
	return c.plain != nil && c.plain(v, s)
}

func readVIN(v *record.Vehicle, s string) {
	v.VIN = CleanIdentifier(s)
	if err := CheckExcel(v.VIN); err != nil {
		fault(v, record.ColVIN, err)
		return
	}
	if CheckVIN(v.VIN) != nil {
		f := findVIN(v.VIN)
		if _, err := PlateType(CleanPlate(v.VIN)); err == nil {
			f.err = errPlateForVIN
		}
		if f.err != nil {
			fault(v, record.ColVIN, f.err)
			return
		}
		v.Problems = append(v.Problems, takenRemark(record.ColVIN, v.VIN))
		v.VIN = f.value
	}
	if strings.Trim(v.VIN, v.VIN[:1]) == "" {
		fault(v, record.ColVIN, fmt.Errorf("the VIN is %d times %s, which lists write where it is not known", vinLength, v.VIN[:1]))
	} else if err := CheckDigit(v.VIN); err != nil {
		v.Problems = append(v.Problems, err.Error())
	}
}

func readPlate(v *record.Vehicle, s string) {
	clean, other := simplifyPlate(CleanIdentifier(s))
	v.Plate = CleanPlate(clean)
	if err := CheckExcel(clean); err != nil {
		v.Plate = clean
		fault(v, record.ColPlate, err)
		return
	}
	code, err := PlateType(v.Plate)
	if err != nil {
		f := findPlate(clean)
		switch {
		case f.err != nil:
			err = f.err
		case CheckVIN(clean) == nil:
			err = errVINForPlate
		}
		if f.value == "" {
			fault(v, record.ColPlate, err)
			return
		}
		v.Problems = append(v.Problems, takenRemark(record.ColPlate, clean))
		v.Plate = f.value
		code, _ = PlateType(v.Plate) // findPlate finds no other
	}
	if len(other) > 0 {
		v.Problems = append(v.Problems, fmt.Sprintf(otherForm+"%s; %s is used", string(other), v.Plate))
	}
	v.PlateType = code
}

// readPlateType takes the given type over the one worked out from the plate.
func readPlateType(v *record.Vehicle, s string) {
	given, err := CleanPlateType(s)
	if err != nil {
		if ruined := CheckExcel(given); ruined != nil {
			err = ruined
		}
		fault(v, record.ColPlateType, err)
	} else if !plateTypeAgrees(given, v.PlateType) {
		v.Problems = append(v.Problems, fmt.Sprintf("the plate type is given as %s, but %s looks like %s; the given one is used",
			given, v.Plate, v.PlateType))
	}
	v.PlateType = given
}

func readEngineNo(v *record.Vehicle, s string) {
	v.EngineNo = CleanIdentifier(s)
	if bare := bareEngineNo(v.EngineNo); bare != v.EngineNo {
		v.Problems = append(v.Problems, takenRemark(record.ColEngineNo, v.EngineNo))
		v.EngineNo = bare
	}
	if err := CheckExcel(v.EngineNo); err != nil {
		fault(v, record.ColEngineNo, err)
	} else if err := checkEngineNo(v.EngineNo); err != nil {
		fault(v, record.ColEngineNo, err)
	} else if strings.Contains(v.EngineNo, `\`) {
		v.Problems = append(v.Problems, fmt.Sprintf("the engine number is %s, with a backslash: is it another mark?", quote(v.EngineNo)))
	}
}

func readImageURL(v *record.Vehicle, s string) {
	v.LicenseImageURL = s // upper case would change the address
	if err := checkURL(s); err != nil {
		fault(v, record.ColLicenseImageURL, err)
	}
}

func readID(v *record.Vehicle, column string, field *string, s string) {
	*field = CleanIdentifier(s)
	if whole, ok := wholeNumber(*field); ok {
		v.Problems = append(v.Problems, takenRemark(column, *field))
		*field = whole
	}
	if err := CheckExcel(*field); err != nil {
		fault(v, column, err)
	} else if err := checkID(*field); err != nil {
		fault(v, column, err)
	}
}

func code(column string, field func(*record.Condition) *string) columnReader {
	return columnReader{column, func(v *record.Vehicle, s string) {
		value, err := ParseCode(column, s)
		if err = formulaError(s, err); err != nil {
			fault(v, column, err)
		}
		*field(&v.Condition) = value
	}, nil}
}

// formulaError is what is wrong with a value that a formula failed to give, in place
// of what its reader says of it.
func formulaError(s string, err error) error {
	if !strings.HasPrefix(s, "#") {
		return err
	}
	return cmp.Or(CheckExcel(CleanIdentifier(s)), err)
}

var (
	errPlateForVIN = errors.New("this is a plate, and no VIN: have the values slipped into another column?")
	errVINForPlate = errors.New("this is a VIN, and no plate: have the values slipped into another column?")
)

func fault(v *record.Vehicle, column string, err error) {
	var impossible *impossibleError
	v.Faults = append(v.Faults, record.Fault{Column: column, Reason: err.Error(), Impossible: errors.As(err, &impossible)})
}

// impossibleError is of a value that can be read and that no vehicle has.
type impossibleError struct{ text string }

func (e *impossibleError) Error() string { return e.text }

func impossible(format string, args ...any) error {
	return &impossibleError{fmt.Sprintf(format, args...)}
}

// trimValue takes off what is around a value, and the words for "not known" that
// any column may hold.
func trimValue(s string) string {
	if s = bareValue(s); s != "" && isUnknown("", s) {
		return ""
	}
	return s
}

// bareValue takes off what is around a value: space, a pair of single quotes, and the ' and ="…" with which
// spreadsheets are told that a number is text.
func bareValue(s string) string {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, `="`); ok {
		if inner = strings.TrimSuffix(inner, `"`); !strings.Contains(inner, `"`) { // else it is a formula of several texts
			s = strings.TrimSpace(inner)
		}
	}
	for quoted := true; quoted; {
		s, quoted = unquote(s)
	}
	return strings.TrimSpace(strings.TrimLeft(s, "'"))
}
