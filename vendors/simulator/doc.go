// Package simulator stands in for all the vendors behind one http.Handler, so
// that a configuration can be tried, tested and measured without money.
//
// It is a reading of the vendors' own pages that owes nothing to the adapters:
// it imports nothing of this project, checks signatures with its own code and
// answers in each vendor's own form, quirks included. It answers later than
// asked, keeps a pace, bills into a Book that tests read, and breaks on demand.
//
// Everything it says about a vehicle follows from the seed and the vehicle's
// identifiers, so two simulators with one seed and one clock give the same
// bytes. Time comes in through Clock alone, so it runs inside a
// testing/synctest bubble on a listener over net.Pipe.
package simulator

// The vendors, as they are named in the configuration.
const (
	WAPI    = "wapi"
	Tencent = "tencent"
	Jumdata = "jumdata"
)

// The datasets, as they are named in the book.
const (
	Maintenance = "maintenance"
	Valuation   = "valuation"
	Violations  = "violations"
)

// The endpoints, as they are named in fault scripts and in the book's counts.
const (
	WAPISubmit      = "wapi/submit"      // POST|GET /pyi/170/378
	WAPIPoll        = "wapi/poll"        // POST|GET /pyi/170/379
	WAPIValuation   = "wapi/valuation"   // POST|GET /pyi/201/377
	WAPIViolations  = "wapi/violations"  // POST|GET /pyi/65/173
	TencentOrder    = "tencent/order"    // GET /release/maintenance/order
	TencentReport   = "tencent/report"   // GET /release/maintenance_report/get
	JumdataGenerate = "jumdata/generate" // POST|GET /vehicle/maintenance-report/generate
	JumdataGet      = "jumdata/get"      // POST|GET /vehicle/maintenance-report/get
)

// vendorNames gives the vendors their small numbers in the tables.
var vendorNames = [...]string{WAPI, Tencent, Jumdata}

const (
	wapiNo uint8 = iota
	tencentNo
	jumdataNo
)

var datasetNames = [...]string{Maintenance, Valuation, Violations}

const (
	maintenanceNo uint8 = iota
	valuationNo
	violationsNo
)
