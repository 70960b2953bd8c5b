package ledger

// Sought says which vehicles are looked for. A vehicle is found if any one of the fields that are
// not empty fits it. Identifiers are normalised as in inputs.
type Sought struct {
	VIN, Plate, EngineNo, VehicleID string // each must be the same as a whole
	Ticket                          string // of one of its orders
	// VINParts and PlateParts are parts of the VIN or of the plate, in this order, with anything in
	// between. A single part may stand anywhere; of several, the first begins the text and the last
	// ends it.
	VINParts, PlateParts []string
}

// KnownVehicle is a vehicle that the ledger knows, with the rows that name it.
type KnownVehicle struct {
	VehicleID  string
	VIN, Plate string  // from the newest row that has one
	Places     []Place // the newest run first, then by row
}

// Add adds an older row that names the vehicle.
func (k *KnownVehicle) Add(p Place, vin, plate string) {
	k.Places = append(k.Places, p)
	if k.VIN == "" {
		k.VIN = vin
	}
	if k.Plate == "" {
		k.Plate = plate
	}
}

// Place is a row of a run.
type Place struct{ Run, Row int64 }

// Trace is the course of a lookup, and of the lookups that it has replaced.
type Trace struct {
	Attempts []Attempt // its submissions, the first one first
	Answers  []Answer  // the answers that are kept, the first one first, including an answer that is used again
	From     string    // the id of the run from which it has taken over an answer or a failure, "" for none
}

// NamedVendor is a vendor that lookups or orders name, with the first lookup that does.
type NamedVendor struct {
	Name    string
	Lookups int64 // lookups that name it
	Open    int64 // those of them that hold a ticket of it, or whose order is under way
	Run     string
	Row     int64 // the row of the first open lookup, or else of the first lookup
}

// TicketOwner is the order that a ticket belongs to.
type TicketOwner struct {
	Ticket string
	Vendor string
	RunID  string
	Row    int64
}

// Remarked is what a run would buy for vehicles with some remark.
type Remarked struct {
	Rows, VINs int64
	Lookups    []Count // planned ones, by dataset and vendor
}
