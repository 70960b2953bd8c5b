package record

import "time"

// Report is one maintenance report: the vendor's findings about a vehicle and
// every workshop visit it knows.
type Report struct {
	VIN              string // as the vendor repeats it, often masked; "" when it does not
	Brand            string
	Model            string
	Series           string
	Manufacturer     string
	ModelYear        string
	Displacement     string
	Transmission     string
	EmissionStandard string
	ProductionArea   string // in the vendor's word: 合资 (joint venture), 进口 (imported)
	BodyType         string // in the vendor's word: 三厢
	ReportNo         string // the vendor's number of the report
	ReportDate       Opt[Date]

	Fire           Flag
	Flood          Flag
	Structural     Flag // structural parts were repaired
	Component      Flag // important components were repaired
	Exterior       Flag // exterior parts were repaired
	Accident       Flag
	OdometerNormal Flag // the vendor's finding; true is good

	AccidentGrade  string
	AccidentReason string

	FirstVisit        Opt[Date]
	LastVisit         Opt[Date]
	LastService       Opt[Date]
	LastRepair        Opt[Date]
	LastMileageKM     Opt[int64]
	MileageEstimateKM Opt[int64]
	MileagePerYearKM  Opt[int64]
	ServicesPerYear   string // decimal text, at most two places, e.g. "1.9"; "" unknown

	OdometerRollback Flag // found by us in Visits: true, false, unknown with fewer than two readings
	Visits           []Visit
	Problems         []string
}

// ServiceType is the kind of a workshop visit in our words.
type ServiceType string

// The kinds of visit.
const (
	Service    ServiceType = "service"
	Repair     ServiceType = "repair"
	Bodywork   ServiceType = "bodywork"
	Inspection ServiceType = "inspection"
	Other      ServiceType = "other"
)

// Visit is one visit to a workshop.
type Visit struct {
	Seq            int // 1 is the earliest
	Date           Opt[Date]
	MileageKM      Opt[int64]
	Type           ServiceType
	VendorType     string // the vendor's own word or code
	Content        string
	Materials      string
	Amount         Opt[Fen]
	PaymentType    string
	Structural     Flag // stands in the vendor's structural view
	Component      Flag
	Exterior       Flag
	MileageDeltaKM Opt[int64] // to the visit before that has a reading
	Rollback       Flag       // the reading is below an earlier one
	Problems       []string
}

// Valuation is a vendor's estimate. Money in fen.
type Valuation struct {
	ModelName        string
	City             string
	FirstRegistered  string // "YYYY-MM"
	MileageKM        Opt[int64]
	EmissionStandard string
	DealerBuy        Opt[Fen] // what a dealer pays for it
	Private          Opt[Fen] // between private people
	DealerSell       Opt[Fen] // what a dealer asks for it
	NewPrice         Opt[Fen] // the maker's list price
}

// ViolationStatus is how far a violation has been dealt with.
type ViolationStatus string

// The states of a violation.
const (
	UnprocessedUnpaid ViolationStatus = "unprocessed_unpaid"
	ProcessedUnpaid   ViolationStatus = "processed_unpaid"
	ProcessedPaid     ViolationStatus = "processed_paid"
)

// Violation is one traffic violation.
type Violation struct {
	Seq            int            // 1 is the earliest
	OccurredAt     Opt[time.Time] // UTC
	City           string
	CityCode       string // GB/T 2260 division code
	Address        string
	Code           string
	Action         string
	Fine           Opt[Fen]
	Points         Opt[int64]
	Status         ViolationStatus
	OnlineHandling bool
	Organ          string
	DecisionNo     string
	MonitorNo      string
	HandleNo       string
}
