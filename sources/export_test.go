package sources

// What the tests from outside look at beside what everybody sees.
const (
	MaxMileageKM = maxMileageKM
	FirstMonth   = firstMonth
	UnitNone     = unitNone
	UnitKM       = unitKM
	UnitWanKM    = unitWanKM
)

// Unit is what a column of distances is in.
type Unit = distanceUnit

// ParseMileage is how a distance is read in a column of a unit.
func ParseMileage(s string, unit Unit) (int64, error) { return parseMileage(s, unit) }

// CheckURL says whether a text is an address.
func CheckURL(s string) error { return checkURL(s) }
