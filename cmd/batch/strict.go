package main

import "vehiclebatch/pipeline/ledger"

// strict tells whether a new run refuses VINs with a wrong check digit: as --strict-vin
// says, else as the configuration does, or the run that this one corrects.
func (s *setup) strict(unsaid bool) bool {
	if s.strictVIN.OK {
		return s.strictVIN.V
	}
	return unsaid
}

// sameStrictness refuses a --strict-vin that comes too late: the run is planned.
func (s *setup) sameStrictness(run ledger.Run) error {
	if !s.strictVIN.OK || s.strictVIN.V == run.StrictVIN {
		return nil
	}
	was, say := "without --strict-vin", "leave it out to go on"
	if run.StrictVIN {
		was, say = "with --strict-vin", "leave --strict-vin=false out to go on"
	}
	return usageError("this input has the unfinished run %s, which was planned %s: %s, or name another workspace with --out", run.ID, was, say)
}
