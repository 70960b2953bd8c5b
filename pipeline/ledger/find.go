package ledger

// Remarked is what a run would buy for vehicles with some remark.
type Remarked struct {
	Rows, VINs int64
	Lookups    []Count // planned ones, by dataset and vendor
}

// Place is a row of a run.
type Place struct{ Run, Row int64 }

// KnownVehicle is a vehicle that the ledger knows, with the rows that name it.
type KnownVehicle struct {
	VehicleID  string
	VIN, Plate string  // as the newest row that has one
	Places     []Place // the newest run first, then by row
}

// Sought says which vehicles are looked for: those of which one of the things that
// are not empty is true. Identifiers are cleaned as inputs are.
type Sought struct {
	VIN, Plate, EngineNo, VehicleID string // the whole of it
	Ticket                          string // of one of its orders
	// Parts stand in the VIN or in the plate, in this order, whatever is between: one
	// part stands anywhere, of several the first begins it and the last ends it.
	VINParts, PlateParts []string
}

func (k *KnownVehicle) Add(p Place, vin, plate string) {
	k.Places = append(k.Places, p)
	if k.VIN == "" {
		k.VIN = vin
	}
	if k.Plate == "" {
		k.Plate = plate
	}
}

// Trace is what a lookup has been through, and those that it has taken the place of.
type Trace struct {
	Attempts []Attempt // its submissions, the first one first
	Answers  []Answer  // that are kept, the first one first; with the one that is used again
	From     string    // the id of the run whose answer or failure it has taken over, "" for none
}

// TicketOwner is the order that a ticket is of.
type TicketOwner struct {
	Ticket string
	Vendor string
	RunID  string
	Row    int64
}

// NamedVendor is a vendor that lookups or orders name, with the first of them.
type NamedVendor struct {
	Name    string
	Lookups int64 // that have to do with it
	Open    int64 // of them, those that hold its ticket, or whose order is under way
	Run     string
	Row     int64 // of the first that is open, else of the first
}
