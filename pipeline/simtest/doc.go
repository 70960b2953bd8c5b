// Package simtest proves the promises about money and durability end to end.
//
// Its tests take the real stages, adapters, transport and ledger through the
// vendors of vendors/simulator, over an in-memory wire and on the fake time of
// testing/synctest, so that a night at a vendor's desk takes milliseconds. A
// life is one run of the program on a workspace: it may be stopped, or killed
// at any moment, and the next life goes on from what was on disk then. The
// vendors outlive it. Afterwards the simulator's book of charges and the ledger
// are held against each other.
//
// The ledger is SQLite on a real file, whose log is torn as a power cut tears
// it. The outputs are written to a disk of ours, which loses what was not
// synced. The machine's clock can be set while it runs.
//
// Faults, stops and deaths come from a seed. Goroutines are not scheduled by it,
// so a seed leads to the same weather, and nearly always to the same events:
// docs/reliability.md says how to repeat one. The folder mutants breaks the
// promises on purpose and looks for the test that notices.
package simtest
